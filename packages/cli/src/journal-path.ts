import { join, resolve } from 'node:path';
import { findJournal } from '@millrace/runner';
import type { Terminal } from './terminal.ts';

/** Where the journal is, absolute: in the folder of `--journal`, else in the nearest `.millrace/` at or above the current folder. */
export const journalPath = ({ journal }: { readonly journal?: string }, { cwd }: Pick<Terminal, 'cwd'>): string =>
  journal === undefined ? findJournal(cwd) : join(resolve(cwd, journal), 'journal.db');
