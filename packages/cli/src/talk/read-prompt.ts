import { createReadStream } from 'node:fs';
import { MillraceError } from '@millrace/errors';
import type { Terminal } from '../terminal.ts';

/** Where the parts of a prompt come from. */
export interface PromptParts {
  /** The words of the command line; `-` among them is stdin. */
  readonly words: readonly string[];
  /** `--file`; `-` is stdin. */
  readonly file: string | undefined;
}

/** Milliseconds of silence on stdin before somebody is told that it is read. */
const longSilenceMs = 2_000;

/**
 * Puts a prompt together: the words, then the file, then stdin where it is no terminal, with an empty line between. A line end at the end of a
 * file or of stdin is left out.
 *
 * @throws {MillraceError} `USAGE_INVALID` where there is nothing, or what is there is no text; `FILE_NOT_FOUND`, `FILE_UNREADABLE`.
 */
export async function readPrompt({ words, file }: PromptParts, terminal: Terminal): Promise<string> {
  const isAsked = words.includes('-') || file === '-';
  const spoken = words.filter((word) => word !== '-').join(' ');
  const written = file === undefined || file === '-' ? '' : await textOf(file, createReadStream(file));
  const piped = isAsked || !terminal.stdinIsTty ? await stdinText(terminal) : '';
  const prompt = [spoken, written, piped].filter((part) => part !== '').join('\n\n');
  if (prompt.trim() !== '') return prompt;
  throw new MillraceError('USAGE_INVALID', 'There is no prompt.', {
    hint: 'Write it behind the model, name a file with `--file`, or send it to stdin.',
  });
}

async function stdinText(terminal: Terminal): Promise<string> {
  const timer = setTimeout(
    () => terminal.err('Reading stdin to its end; `< /dev/null` says that there is nothing.\n'),
    longSilenceMs,
  );
  timer.unref();
  terminal.stdin.once('data', () => clearTimeout(timer));
  try {
    return await textOf('<stdin>', terminal.stdin);
  } finally {
    clearTimeout(timer);
  }
}

/** No model reads more. */
const maxBytes = 64 * 1024 * 1024;

async function textOf(name: string, stream: AsyncIterable<Uint8Array | string>): Promise<string> {
  try {
    const chunks: Uint8Array[] = [];
    let length = 0;
    for await (const chunk of stream) {
      const bytes = Buffer.from(chunk);
      length += bytes.length;
      if (length > maxBytes)
        throw new MillraceError('USAGE_INVALID', `\`${name}\` is longer than any prompt may be.`, {
          hint: 'Send at most 64 MiB.',
        });
      chunks.push(bytes);
    }
    return new TextDecoder('utf-8', { fatal: true }).decode(Buffer.concat(chunks)).replace(/\r?\n$/, '');
  } catch (cause) {
    if (cause instanceof MillraceError) throw cause;
    throw unreadable(name, cause as NodeJS.ErrnoException);
  }
}

function unreadable(name: string, cause: NodeJS.ErrnoException): MillraceError {
  if (cause.code === 'ENOENT') return new MillraceError('FILE_NOT_FOUND', `\`${name}\` does not exist.`, { cause });
  if (cause instanceof TypeError)
    return new MillraceError('USAGE_INVALID', `\`${name}\` is no text in UTF-8.`, {
      cause,
      hint: 'A picture is given with `--image`.',
    });
  return new MillraceError('FILE_UNREADABLE', `\`${name}\` cannot be read: ${cause.message}.`, { cause });
}
