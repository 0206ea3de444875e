import { createHash } from 'node:crypto';
import { readFile, realpath, writeFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { MillraceError } from '@millrace/errors';
import { rowFile } from '@millrace/schema';
import { replaceFile } from './replace-file.ts';

/** What file systems take as one name, in bytes. */
const maxNameBytes = 255;
/** Names that are devices on Windows, whatever ending they have. */
const device = /^(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])$/i;

/**
 * The path of a row's own file: the pattern with the key, percent-encoded to a part of one file name, in place of `${key}`. Letters and
 * digits of every script, `-`, `_`, `@` and dots inside stand for themselves.
 *
 * Different keys have different names; one that would be too long ends with `~` and a hash of the key.
 */
export function rowFilePath(pattern: string, key: string): string {
  const pathOf = rowFile(pattern) ?? (() => pattern);
  const around = basename(pathOf('\0')).split('\0');
  const room = (maxNameBytes - Buffer.byteLength(around.join(''))) / Math.max(1, around.length - 1);
  return pathOf(fitted(encodeKey(key, around), key, room));
}

function encodeKey(key: string, around: readonly string[]): string {
  // Some file systems hold two spellings of one letter for the same name.
  const isNormal = key.normalize('NFC') === key;
  let encoded = '';
  for (const character of key) encoded += isPlain(character, isNormal) ? character : percent(character);
  if (encoded === '') return '%';
  if (device.test(around.join(encoded).split('.')[0] as string) || encoded.startsWith('.'))
    encoded = percent(encoded[0] as string) + encoded.slice(1);
  // Windows drops a dot at the end of a name.
  return encoded.endsWith('.') ? `${encoded.slice(0, -1)}%2E` : encoded;
}

const isPlain = (character: string, isNormal: boolean): boolean =>
  /^[A-Za-z0-9_@.-]$/.test(character) || (isNormal && /^[\p{L}\p{M}\p{N}]$/u.test(character) && character > '\x7f');

/** Half a character of UTF-16 has no bytes in UTF-8. */
function percent(character: string): string {
  if (/^[\ud800-\udfff]$/.test(character)) return `%u${character.charCodeAt(0).toString(16).toUpperCase()}`;
  return [...Buffer.from(character)].map((byte) => `%${byte.toString(16).toUpperCase().padStart(2, '0')}`).join('');
}

function fitted(encoded: string, key: string, room: number): string {
  if (Buffer.byteLength(encoded) <= room) return encoded;
  const suffix = `~${createHash('sha256').update(Buffer.from(key, 'utf16le')).digest('hex').slice(0, 32)}`;
  let start = '';
  for (const [part] of encoded.matchAll(/%u....|%..|./gsu)) {
    if (Buffer.byteLength(start) + Buffer.byteLength(part) + suffix.length > room) break;
    start += part;
  }
  return start + suffix;
}

/**
 * Writes a row's own file, whole or not at all. A file that holds this already is left alone.
 *
 * @param json The fields, as the journal keeps them.
 * @param field The one that is written; default: the only one, or all of them.
 * @throws {MillraceError} `SAVE_FAILED`, also where the file of another row has a name that this file system takes for the same.
 */
export async function writeRowFile(path: string, json: string, field?: string): Promise<void> {
  const bytes = Buffer.from(rowFileText(json, field));
  const there = await readFile(path).catch(() => undefined);
  if (there) await checkSameName(path);
  if (there?.equals(bytes)) return;
  await replaceFile(path, (beside) => writeFile(beside, bytes, { flag: 'wx' }));
}

/** What a row's own file holds: a text as it is, anything else as indented JSON; and a line end. */
export function rowFileText(json: string, field?: string): string {
  const fields = JSON.parse(json) as Readonly<Record<string, unknown>>;
  const values = Object.entries(fields);
  const [only] = field === undefined ? values : values.filter(([name]) => name === field);
  const value = field === undefined && values.length !== 1 ? fields : (only?.[1] ?? null);
  const text = typeof value === 'string' ? value : JSON.stringify(value, null, 2);
  return text.endsWith('\n') ? text : `${text}\n`;
}

/** Where upper and lower case are one, a row would replace the file of another. */
async function checkSameName(path: string): Promise<void> {
  const real = await realpath(path).then(basename, () => basename(path));
  const [found, wanted] = [real.normalize('NFC'), basename(path).normalize('NFC')];
  if (found === wanted || found.toLowerCase() !== wanted.toLowerCase()) return;
  throw new MillraceError(
    'SAVE_FAILED',
    `\`${path}\` would replace \`${real}\`: this file system takes both for one name.`,
    {
      hint: 'Choose `each.key` so that keys differ in more than upper and lower case.',
    },
  );
}
