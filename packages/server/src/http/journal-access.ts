import { stat } from 'node:fs/promises';
import { type JournalReader, readJournal } from '@millrace/runner';

/** A journal that may not be there yet, and may be moved away while it is read. */
export interface JournalAccess {
  /**
   * Looks at the journal.
   *
   * @returns undefined where there is none.
   * @throws {MillraceError} `JOURNAL_UNUSABLE`, `JOURNAL_CORRUPT`, `JOURNAL_NEWER`, and what the look throws.
   */
  read<Value>(look: (journal: JournalReader) => Value): Promise<Value | undefined>;
  close(): Promise<void>;
}

interface Opened {
  /** Tells the file from another in its place. */
  readonly file: string;
  readonly reader: Promise<JournalReader | undefined>;
}

/** Keeps the journal open between looks, as long as it is the same file. @param path Absolute. */
export function createJournalAccess(path: string): JournalAccess {
  let opened: Opened | undefined;
  let isClosed = false;
  const letGo = async (): Promise<void> => {
    const before = opened;
    opened = undefined;
    // What could not be opened need not be closed.
    (await before?.reader.catch(() => undefined))?.close();
  };
  const forget = (one: Opened): void => {
    if (opened === one) opened = undefined;
  };
  const open = (file: string): Opened => {
    const next = { file, reader: readJournal(path) };
    // Where nothing could be opened, or there are no tables yet, the next look tries again.
    next.reader.then(
      (reader) => {
        if (!reader) forget(next);
      },
      () => forget(next),
    );
    return next;
  };
  return {
    read: async (look) => {
      const file = await fileAt(path);
      if (isClosed || file === undefined) {
        await letGo();
        return undefined;
      }
      if (opened && opened.file !== file) await letGo();
      opened ??= open(file);
      const reader = await opened.reader;
      return reader && !isClosed ? look(reader) : undefined;
    },
    close: async () => {
      isClosed = true;
      await letGo();
    },
  };
}

/** What cannot be looked for is told by who opens it. */
async function fileAt(path: string): Promise<string | undefined> {
  try {
    const { dev, ino, size } = await stat(path);
    return size === 0 ? undefined : `${dev} ${ino}`;
  } catch (error) {
    return ['ENOENT', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '') ? undefined : '';
  }
}
