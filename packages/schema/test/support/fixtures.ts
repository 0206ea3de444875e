import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { MillraceError } from '@millrace/errors';
import type { Columns, Diagnostic, Finding, Surroundings } from '@millrace/schema';

/** A file of `spec/`, with what the world around it answers, and what is expected of it. */
export interface Fixture {
  readonly name: string;
  readonly bytes: Uint8Array;
  readonly surroundings: Surroundings;
  /** Without the name of the file; the message and the hint where they matter. */
  readonly diagnostics: readonly Partial<Diagnostic>[];
}

/** What is said of a path that may not be used. */
type Refusal = Finding & { readonly code: 'PATH_REFUSED' | 'FILE_NOT_FOUND' | 'FILE_UNREADABLE' };

/** What the JSON beside a fixture may say. */
export interface Beside {
  readonly surroundings?: {
    readonly columns?: Columns;
    /** Texts that exist beside the workflow, by path; without these nobody looks whether a file is there. */
    readonly files?: Readonly<Record<string, string>>;
    /** By path, for whatever it is used. */
    readonly refused?: Readonly<Record<string, Finding>>;
    /** By host. */
    readonly checkHost?: Readonly<Record<string, Finding>>;
    readonly model?: string;
  };
  readonly diagnostics?: readonly Partial<Diagnostic>[];
}

const spec = fileURLToPath(new URL('../../spec/', import.meta.url));

/** The fixtures of a folder of `spec/`. */
export function fixtures(folder: 'valid' | 'invalid'): readonly Fixture[] {
  const names = readdirSync(spec + folder).filter((name) => name.endsWith('.yaml'));
  return names.map((name) => readFixture(`${spec}${folder}/${name.slice(0, -'.yaml'.length)}`));
}

function readFixture(path: string): Fixture {
  const beside = existsSync(`${path}.json`) ? (JSON.parse(readFileSync(`${path}.json`, 'utf8')) as Beside) : {};
  return {
    name: path.slice(path.lastIndexOf('/') + 1),
    bytes: readFileSync(`${path}.yaml`),
    surroundings: surroundingsOf(beside),
    diagnostics: beside.diagnostics ?? [],
  };
}

/** A world that answers as the JSON beside a fixture says. */
export function surroundingsOf({ surroundings = {} }: Beside): Surroundings {
  const { columns, files, refused = {}, checkHost, model } = surroundings;
  const refusal = (path: string): Finding | undefined =>
    refused[path] ?? (files && !Object.hasOwn(files, path) ? notThere(path) : undefined);
  return {
    columnsOf: ({ from }) => Promise.resolve(refused[from] ?? columns),
    checkSave: (to) => Promise.resolve(refused[to]),
    checkHost: (host) => checkHost?.[host],
    checkFile: (path) => Promise.resolve(refusal(path)),
    ...(files && {
      readText: (path) => {
        const finding = refusal(path) as Refusal | undefined;
        if (finding) throw new MillraceError(finding.code, finding.message, { hint: finding.hint ?? '' });
        return files[path] as string;
      },
    }),
    ...(model !== undefined && { model }),
  };
}

const notThere = (path: string): Finding => ({
  code: 'FILE_NOT_FOUND',
  message: `There is no file \`${path}\`.`,
  hint: 'Check the path.',
});
