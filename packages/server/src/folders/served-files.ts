import { builtInKinds } from '@millrace/runner';
import { createChecker } from '@millrace/schema';
import { findFiles, type Root, stateOf } from './find-files.ts';
import { readServedFile, type ServedFile } from './served-file.ts';
import { idsBelow } from './workflow-ids.ts';

/** Workflow files below folders, read again when they change. */
export interface ServedFiles {
  /** Sorted by id; as of the last look. */
  all(): readonly ServedFile[];
  /** Looks for new, changed and removed files; only those are read. Returns whether anything has changed. */
  look(): Promise<boolean>;
}

interface KnownFile {
  readonly state: string;
  /** It may have changed since without a trace. */
  readonly isFresh: boolean;
  readonly read: ServedFile;
}

/** Milliseconds in which a file is still being written: some system clocks count changes no finer. */
const freshMs = 100;

/** What is served below these folders; nothing before the first look. */
export function createServedFiles(roots: readonly Root[]): ServedFiles {
  const idOf = idsBelow(roots);
  const check = createChecker(builtInKinds);
  let known = new Map<string, KnownFile>();
  let sorted: readonly ServedFile[] = [];
  return {
    all: () => sorted,
    look: async () => {
      const found = await findFiles(roots);
      const next: typeof known = new Map();
      let isChanged = found.length !== known.size;
      for (const { file, state } of found) {
        const before = known.get(file);
        // A problem may lie in another file, which may be there by now.
        const isSame = before?.state === state && !before.isFresh && before.read.problems.length === 0;
        const read = isSame ? before.read : await readServedFile(idOf(file), file, check);
        isChanged ||= before?.state !== state || before.read.problems.length !== read.problems.length;
        next.set(file, { state, isFresh: await isWrittenNow(file, state), read });
      }
      known = next;
      sorted = [...next.values()].map(({ read }) => read).sort((one, other) => (one.id < other.id ? -1 : 1));
      return isChanged;
    },
  };
}

/** One that changes under the eyes is looked at again. */
async function isWrittenNow(file: string, state: string): Promise<boolean> {
  const modified = Number(state.split(' ')[1]);
  return Date.now() - modified < freshMs || (await stateOf(file)) !== state;
}
