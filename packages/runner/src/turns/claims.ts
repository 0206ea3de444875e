import { createHash } from 'node:crypto';
import { lstatSync, mkdirSync, readdirSync, readFileSync, rmdirSync, rmSync, watch, writeFileSync } from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { isAlive, type ProcessOwner, thisProcess } from '../journal/process-owner.ts';

/** What somebody on this machine wants of a host, or has of it. */
export interface Claim {
  readonly owner: ProcessOwner;
  /** `call`: somebody sits in front of it. `run`: a batch. */
  readonly kind: 'call' | 'run';
  /** What must be loaded. */
  readonly load: string;
  /** Whether it has its turn, or waits for it. */
  readonly state: 'waiting' | 'running';
  /** Milliseconds since 1970: of this state. */
  readonly since: number;
}

/** The claims to one host, of all processes of this user on this machine. */
export interface Claims {
  /** Writes down what this one wants, in place of what it said before. */
  put(claim: Omit<Claim, 'owner'>): void;
  /** What the others want. */
  others(): readonly Claim[];
  /** Hears of changes from here on. */
  listen(onChange: () => void): void;
  /** Takes its own claim back. */
  close(): void;
}

let count = 0;

/**
 * Opens the claims to a host: a folder of small files below that of temporary ones, one for each run and call, which only this user may read.
 * What a process left behind that is gone counts for nothing. Where the folder cannot be used, everybody is alone.
 *
 * @param root In place of the folder of temporary files.
 */
export function openClaims(host: string, root = tmpdir()): Claims {
  const folder = folderOf(host, root);
  const own = `${process.pid}-${count++}.json`;
  const owner = thisProcess();
  let watcher: ReturnType<typeof watch> | undefined;
  return {
    put: (claim) => {
      if (folder === undefined) return;
      quietly(() =>
        writeFileSync(join(folder, own), JSON.stringify({ owner, ...claim } satisfies Claim), { mode: 0o600 }),
      );
    },
    others: () => {
      if (folder === undefined) return [];
      const names = quietly(() => readdirSync(folder)) ?? [];
      return names.filter((name) => name !== own).flatMap((name) => readClaim(join(folder, name)) ?? []);
    },
    listen: (onChange) => {
      if (folder === undefined || watcher) return;
      watcher = quietly(() => watch(folder, { persistent: false }, () => onChange()));
      watcher?.on('error', () => {}); // it is looked at by a timer too
    },
    close: () => {
      watcher?.close();
      watcher = undefined;
      if (folder === undefined) return;
      quietly(() => rmSync(join(folder, own), { force: true }));
      quietly(() => rmdirSync(folder)); // only when nobody else is in it
    },
  };
}

/** A folder that somebody else made under this name is left alone. */
function folderOf(host: string, root: string): string | undefined {
  return quietly(() => {
    const { uid, username } = userInfo();
    const all = join(
      root,
      `millrace-${uid >= 0 ? uid : createHash('sha256').update(username).digest('hex').slice(0, 12)}`,
    );
    const folder = join(all, createHash('sha256').update(host).digest('hex').slice(0, 16));
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    for (const path of [all, folder]) {
      const found = lstatSync(path);
      if (!found.isDirectory() || (uid >= 0 && (found.uid !== uid || (found.mode & 0o022) !== 0))) return undefined;
    }
    return folder;
  });
}

function readClaim(path: string): Claim | undefined {
  const claim = quietly(() => JSON.parse(readFileSync(path, 'utf8')) as Claim);
  if (!claim?.owner) return undefined; // it is being written, or has just gone
  if (isAlive(claim.owner) !== false) return claim;
  quietly(() => rmSync(path, { force: true }));
  return undefined;
}

function quietly<Value>(action: () => Value): Value | undefined {
  try {
    return action();
  } catch {
    return undefined;
  }
}
