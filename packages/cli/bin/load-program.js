import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Script } from 'node:vm';
import { crc32 } from 'node:zlib';

const checksumBytes = 4;

/**
 * Runs the bundled program, from the code that an earlier start of the same command compiled where that was kept:
 * docs/decisions/2026-11-23-compiled-code-is-kept.md
 *
 * @param file What `scripts/bundle.mjs` made.
 * @param command The first word after the program's name: each command compiles other parts.
 * @returns What the program exports, and `keepCode`, to be called when the command has done its work.
 */
export function loadProgram(file, command) {
  // It has nothing but ASCII, and is read several times as fast by saying so.
  const source = readFileSync(file, 'latin1');
  const cache = cacheOf(file, source, command);
  const cachedData = cache && readIfWhole(cache);
  const script = new Script(source, { filename: file, cachedData });
  const module = { exports: {} };
  script.runInThisContext()(createRequire(file), module, pathToFileURL(file).href, (name) => import(name));
  const isKept = cachedData !== undefined && !script.cachedDataRejected;
  return {
    program: module.exports,
    keepCode: () => {
      if (cache && !isKept) writeWhereAllowed(cache, script.createCachedData());
    },
  };
}

function cacheOf(file, source, command) {
  // A name of Node's own, for its own such code.
  if (process.env.NODE_DISABLE_COMPILE_CACHE) return undefined;
  const name = command.startsWith('-') ? 'flags' : command;
  // What cannot be a command is no part of a path.
  if (!/^[a-z]+$/.test(name)) return undefined;
  // V8 compares versions, flags and the length of the source, and not the source itself, whose hash is its first line.
  const hash = source.slice(2, source.indexOf('\n'));
  return join(dirname(file), 'compiled', `${name}-${hash}-${process.version}-${process.arch}`);
}

/** V8 takes code whose bytes were damaged, so that a checksum stands behind it. */
function readIfWhole(path) {
  try {
    const bytes = readFileSync(path);
    const code = bytes.subarray(0, -checksumBytes);
    return crc32(code) === bytes.readUInt32LE(code.length) ? code : undefined;
  } catch {
    return undefined;
  }
}

/** Whole or not at all, since others may read it at any time. Where the program may not write beside itself, it starts as fast as before. */
function writeWhereAllowed(path, code) {
  const fresh = `${path}.${process.pid}`;
  const checksum = Buffer.alloc(checksumBytes);
  checksum.writeUInt32LE(crc32(code));
  try {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(fresh, Buffer.concat([code, checksum]));
    renameSync(fresh, path);
  } catch {
    try {
      rmSync(fresh, { force: true });
    } catch {
      // It is not there either.
    }
  }
}
