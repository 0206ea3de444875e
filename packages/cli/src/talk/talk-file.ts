import { readFile } from 'node:fs/promises';
import { extname } from 'node:path';
import type { ChatTurn } from '@millrace/core';
import { isMillraceError, MillraceError } from '@millrace/errors';
import { writeText } from '../files/write-text.ts';
import { oneLine } from '../render/safe-text.ts';
import type { Talk } from './talk.ts';

/**
 * Writes a talk to a file that is not there yet: `.md` for people, `.jsonl` for programs and for reading it again.
 *
 * @throws {MillraceError} `USAGE_INVALID` for another ending, or where there is one already; `SAVE_FAILED`.
 */
export async function saveTalk(talk: Talk, file: string): Promise<void> {
  const text = textOf(talk, formOf(file));
  try {
    await writeText(file, text, { replace: false });
  } catch (error) {
    if (!isMillraceError(error) || error.code !== 'USAGE_INVALID') throw error;
    throw new MillraceError('USAGE_INVALID', error.message, { hint: 'Name another file.' });
  }
}

/**
 * Reads what `saveTalk` wrote as `.jsonl`: a message of /api/chat a line. Images are not read: a file may come from a stranger.
 *
 * @throws {MillraceError} `FILE_NOT_FOUND`, `FILE_UNREADABLE`, `USAGE_INVALID` where it is none; the talk is as it was then.
 */
export async function loadTalk(talk: Talk, file: string): Promise<void> {
  if (formOf(file) !== 'jsonl')
    throw new MillraceError('USAGE_INVALID', `\`${oneLine(file)}\` is no .jsonl file.`, {
      hint: 'A talk that is to be read again is saved as .jsonl.',
    });
  const lines = (await linesOf(file)).map((line, index) => turnIn(line, `${oneLine(file)}:${index + 1}`));
  const [first] = lines;
  talk.turns = lines.filter(({ role }) => role !== 'system');
  talk.unsent = 0;
  talk.system = first?.role === 'system' ? first.content : undefined;
}

type Form = 'md' | 'jsonl';

const forms: Readonly<Record<string, Form>> = { '.md': 'md', '.markdown': 'md', '.jsonl': 'jsonl', '.ndjson': 'jsonl' };

function formOf(file: string): Form {
  const form = forms[extname(file).toLowerCase()];
  if (form) return form;
  throw new MillraceError('USAGE_INVALID', `\`${oneLine(file)}\` has no ending that says how to write it.`, {
    hint: 'Use .md or .jsonl.',
  });
}

function textOf({ model, system, turns }: Talk, form: Form): string {
  const all = [...(system === undefined ? [] : [{ role: 'system', content: system } as const]), ...turns];
  if (form === 'jsonl') return all.map((turn) => `${JSON.stringify(storedTurn(turn))}\n`).join('');
  const names = { system: 'System', user: 'You', assistant: model, tool: 'Tool' } as const;
  const parts = all.map((turn) => {
    const images = imagesOf(turn).map((path) => `![](<${path}>)\n\n`);
    return `## ${names[turn.role]}\n\n${images.join('')}${turn.content.trim()}\n`;
  });
  return [`# Talk with ${model}\n`, ...parts].join('\n');
}

const storedTurn = ({ images: _, ...turn }: ChatTurn, files = imagesOf({ images: _, ...turn } as ChatTurn)) => ({
  ...turn,
  ...(files.length > 0 && { images: files }),
});

/** The files of the images of a turn. */
const imagesOf = ({ images = [] }: ChatTurn): readonly string[] =>
  images.flatMap((image) => (typeof image === 'object' && 'path' in image ? [image.path] : []));

async function linesOf(file: string): Promise<readonly string[]> {
  try {
    return (await readFile(file, 'utf8')).split('\n').filter((line) => line.trim() !== '');
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException;
    if (code === 'ENOENT') throw new MillraceError('FILE_NOT_FOUND', `\`${file}\` does not exist.`, { cause });
    throw new MillraceError('FILE_UNREADABLE', `\`${file}\` cannot be read: ${message}.`, { cause });
  }
}

const roles: ReadonlySet<unknown> = new Set(['system', 'user', 'assistant', 'tool'] satisfies ChatTurn['role'][]);

function turnIn(line: string, place: string): ChatTurn {
  const turn = valueIn(line) as Partial<ChatTurn> | null | undefined;
  if (turn && roles.has(turn.role) && typeof turn.content === 'string') {
    const { role, content, thinking } = turn as ChatTurn;
    return { role, content, ...(typeof thinking === 'string' && { thinking }) };
  }
  throw new MillraceError('USAGE_INVALID', `${place} is no message of a talk.`, {
    hint: 'A line is {"role":"user","content":"…"}, or one of `assistant` or `system`.',
  });
}

function valueIn(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined; // which is no message
  }
}
