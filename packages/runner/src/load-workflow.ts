import { readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { isMillraceError, MillraceError } from '@millrace/errors';
import {
  type Checker,
  createChecker,
  type Diagnostic,
  type Finding,
  type RowSource,
  type Surroundings,
  type Workflow,
} from '@millrace/schema';
import { hashOf } from './hash-of.ts';
import { isLoopback } from './is-loopback.ts';
import { confinedTo, type FileAccess, granted } from './paths/file-access.ts';
import { createTextReader } from './paths/text-reader.ts';
import { openSource, type RowsSource } from './rows/open-source.ts';
import { formatOfName } from './rows/row-format.ts';
import { filesOf, findTargets, type Targets } from './save/targets.ts';
import type { StepKind } from './step-kind.ts';
import { builtInKinds } from './steps/index.ts';

/** A checked workflow with the files that it reads and writes. */
export interface LoadedWorkflow extends Workflow, Targets {
  /** Absent where there is no `each`. */
  readonly rows?: {
    /** Absolute, without links; or `-`. */
    readonly path: string;
    readonly source: RowsSource;
    /** Known columns, null in the rows that lack them. */
    readonly columns: readonly string[];
  };
  /** Hashes of the texts that `file(…)` reads whatever the row, by path. */
  readonly texts: Readonly<Record<string, string>>;
}

/** What the caller grants and replaces. */
export interface LoadOptions {
  /** Default: the built-in kinds. */
  readonly kinds?: readonly StepKind[] | undefined;
  /** In place of `each.from`, seen from the current folder; its own grant. Its ending wins over `each.format`. */
  readonly from?: string | undefined;
  /** What rows from `-` are read from, once; without it their columns are not known, and they cannot be run. */
  readonly stdin?: AsyncIterable<Uint8Array> | undefined;
  /** In place of `save.to`, seen from the current folder; its own grant. */
  readonly to?: string | undefined;
  /** In place of the model at the top of the file. */
  readonly model?: string | undefined;
  /** Host names in `hosts:` that are not this machine and may be talked to; `true` where the file's hosts are not used. */
  readonly allowHosts?: readonly string[] | true | undefined;
  /** In place of what the file holds, such as stdin; paths are relative to the folder of `file` all the same. */
  readonly bytes?: Uint8Array | undefined;
  /** In place of one of its own: making a checker takes longer than most files, so that many should share one. `kinds` is its own. */
  readonly check?: Checker | undefined;
}

/** A file's problems, and the workflow where none of them is an error. */
export interface Load {
  readonly workflow?: LoadedWorkflow;
  readonly diagnostics: readonly Diagnostic[];
}

/**
 * Reads and checks a workflow file: its text, the columns of its rows, the places it reads and writes. Calls no model.
 *
 * @throws {MillraceError} `FILE_NOT_FOUND`, `FILE_UNREADABLE` for the workflow itself or `from`; `ROWS_UNREADABLE`, `SAVE_FAILED` for
 *   `from` and `to`; `USAGE_INVALID` for `from` without `each`. What is wrong in the file is in `diagnostics`.
 */
export async function loadWorkflow(file: string, options: LoadOptions = {}): Promise<Load> {
  const bytes = options.bytes ?? (await readWorkflowFile(file));
  const own = confinedTo(dirname(resolve(file)));
  const found: { rows?: NonNullable<LoadedWorkflow['rows']> } = {};

  const useRows = async ({ from, format, encoding, columns: declared }: RowSource, files: FileAccess) => {
    const path = from === '-' ? from : await files.toRead(from);
    const source = await openSource({ path, format, encoding, files, stdin: options.stdin });
    found.rows = { path, source, columns: [] };
    const columns = await source.columns(declared);
    found.rows = { path, source, columns: Object.keys(columns ?? {}) };
    return columns;
  };
  const checkSave = async (to: string): Promise<undefined> => {
    if (to !== '-') await own.toWrite(to);
  };

  const texts: Record<string, string> = {};
  const readText = createTextReader(dirname(resolve(file)));
  let isChecked = false;
  const surroundings: Surroundings = {
    ...(options.model !== undefined && { model: options.model }),
    readText: (path) => {
      const text = readText(path);
      if (!isChecked) texts[path] = hashOf(text);
      return text;
    },
    columnsOf: (rows) =>
      options.from === undefined
        ? asFinding(() => useRows(rows, own))
        : useRows({ ...rows, from: options.from, ...given(formatOfName(options.from)) }, granted),
    checkSave: (to) => asFinding(() => checkSave(to)),
    checkFile: (path) => missingFile(path, own),
    checkHost: (host) => refusedHost(host, options.allowHosts),
  };

  const check = options.check ?? createChecker(options.kinds ?? builtInKinds);
  const { workflow, diagnostics } = await check(file, bytes, surroundings);
  isChecked = true;
  if (!workflow) {
    await found.rows?.source.close();
    return { diagnostics };
  }
  if (options.from !== undefined && !workflow.each) {
    throw new MillraceError('USAGE_INVALID', `${file} has no \`each:\`, so there is nothing to read rows for.`);
  }
  try {
    const targets = await findTargets(workflow, own, options.to);
    if (found.rows && filesOf(targets).includes(found.rows.path)) {
      throw new MillraceError('SAVE_FAILED', `The results would replace the rows: both are \`${found.rows.path}\`.`);
    }
    return { workflow: { ...workflow, ...found, ...targets, texts }, diagnostics };
  } catch (error) {
    await found.rows?.source.close();
    throw error;
  }
}

const given = (format: RowSource['format']): Pick<RowSource, 'format'> => (format === undefined ? {} : { format });

async function readWorkflowFile(file: string): Promise<Uint8Array> {
  try {
    return await readFile(file);
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR')
      throw new MillraceError('FILE_NOT_FOUND', `\`${file}\` does not exist.`, { cause });
    const why = code === 'EISDIR' ? 'is a folder, and a workflow is a file' : `cannot be read (${code})`;
    throw new MillraceError('FILE_UNREADABLE', `\`${file}\` ${why}.`, { cause });
  }
}

/** What is wrong with a path of the file belongs to the file. */
async function asFinding<Value>(find: () => Promise<Value>): Promise<Value | Finding> {
  try {
    return await find();
  } catch (error) {
    const { code, message, hint } = isMillraceError(error)
      ? error
      : new MillraceError('ROWS_UNREADABLE', (error as Error).message);
    if (code === 'FILE_NOT_FOUND' || code === 'PATH_REFUSED' || code === 'ROWS_UNREADABLE')
      return { code, message, hint };
    return { code: code === 'FILE_UNREADABLE' ? 'ROWS_UNREADABLE' : 'VALUE_INVALID', message, hint };
  }
}

async function missingFile(path: string, files: FileAccess): Promise<Finding | undefined> {
  const found = await asFinding(() => files.toRead(path));
  if (typeof found === 'string') return undefined;
  return found.code === 'ROWS_UNREADABLE' ? { ...found, code: 'FILE_UNREADABLE' } : found;
}

function refusedHost(host: string, allowed: LoadOptions['allowHosts']): Finding | undefined {
  if (allowed === true || isLoopback(host) || allowed?.some((name) => hostName(host) === hostName(name)))
    return undefined;
  const message = `\`${host}\` is not this machine, and the rows would go there.`;
  return {
    code: 'HOST_REFUSED',
    message,
    hint: `Grant it with \`--allow-net=${hostName(host)}\`, or name it yourself with \`--host\`.`,
  };
}

const hostName = (host: string): string => {
  try {
    return new URL(host.includes('://') ? host : `http://${host}`).hostname;
  } catch {
    return host;
  }
};
