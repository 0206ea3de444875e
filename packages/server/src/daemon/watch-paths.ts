import { stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import type { ScheduleBook } from '@millrace/runner';
import type { Watch } from '@millrace/schema';
import { glob, isDynamicPattern } from 'tinyglobby';
import { stateOf } from '../folders/find-files.ts';

/** Files of a workflow that start a run when they are new or have changed. */
export interface WatchedPaths {
  /**
   * Looks at the files.
   *
   * @returns What has changed since it was noted, once nothing has changed for as long as `settle` says; else undefined.
   */
  look(now: number): Promise<WatchedChange | undefined>;
}

/** Files that have settled. */
export interface WatchedChange {
  /** By path, as they are now. */
  readonly seen: ReadonlyMap<string, string>;
  /** Whether any is new or has other content; else some are only gone. */
  readonly isNew: boolean;
}

/** @param file The workflow, absolute; paths are seen from its folder. */
export function watchPaths(
  file: string,
  { paths, settleMs }: Watch,
  book: Pick<ScheduleBook, 'watched'>,
): WatchedPaths {
  let last: ReadonlyMap<string, string> | undefined;
  let changedAt = 0;
  return {
    look: async (now) => {
      const current = await statesOf(dirname(file), paths);
      if (last === undefined || !isSame(last, current)) {
        last = current;
        changedAt = now;
      }
      const seen = book.watched(file);
      if (isSame(seen, current)) return undefined;
      // What was there before anybody watched is not new.
      if (seen.size === 0) return { seen: current, isNew: false };
      // A clock that was put back must not make it wait for ever.
      if (now >= changedAt && now - changedAt < settleMs) return undefined;
      return { seen: current, isNew: [...current].some(([path, state]) => seen.get(path) !== state) };
    },
  };
}

async function statesOf(folder: string, paths: readonly string[]): Promise<ReadonlyMap<string, string>> {
  const found = (await Promise.all(paths.map((path) => filesOf(folder, path)))).flat();
  const files = [...new Set(found)].sort();
  const states = await Promise.all(files.map(async (file) => [file, await stateOf(file)] as const));
  // Empty where there is no file is another thing than never looked at.
  return new Map([
    ['', ''],
    ...states.flatMap(([file, state]) => (state === undefined ? [] : [[file, state] as const])),
  ]);
}

async function filesOf(folder: string, path: string): Promise<readonly string[]> {
  const place = resolve(folder, path);
  const isFolder = (await stat(place).catch(() => undefined))?.isDirectory() === true;
  if (!isFolder && !isDynamicPattern(path)) return [place];
  const options = { expandDirectories: false, followSymbolicLinks: false, absolute: true } as const;
  // Of a folder that cannot be read nothing is new.
  return await glob(isFolder ? '**/*' : path, { ...options, cwd: isFolder ? place : folder }).catch(() => []);
}

const isSame = (one: ReadonlyMap<string, string>, other: ReadonlyMap<string, string>): boolean =>
  one.size === other.size && [...one].every(([path, state]) => other.get(path) === state);
