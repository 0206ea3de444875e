import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Columns, Diagnostic, Finding, Surroundings } from '@millrace/schema';

/** A file of `spec/`, with what the world around it answers, and what is expected of it. */
export interface Fixture {
  readonly name: string;
  readonly bytes: Uint8Array;
  readonly surroundings: Surroundings;
  /** Without the name of the file; the message and the hint where they matter. */
  readonly diagnostics: readonly Partial<Diagnostic>[];
}

/** What the JSON beside a fixture may say. */
interface Beside {
  readonly surroundings?: {
    readonly columns?: Columns;
    readonly columnsOf?: Finding;
    readonly checkSave?: Finding;
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
    surroundings: surroundingsOf(beside.surroundings ?? {}),
    diagnostics: beside.diagnostics ?? [],
  };
}

function surroundingsOf({
  columns,
  columnsOf,
  checkSave,
  checkHost,
  model,
}: NonNullable<Beside['surroundings']>): Surroundings {
  return {
    columnsOf: () => Promise.resolve(columnsOf ?? columns),
    checkSave: () => Promise.resolve(checkSave),
    checkHost: (host) => checkHost?.[host],
    ...(model !== undefined && { model }),
  };
}
