import type { Ollama } from '@millrace/core';
import type { Logger } from 'pino';
import type { Daemon } from '../daemon/daemon.ts';
import type { JournalAccess } from './journal-access.ts';
import type { Metrics } from './metrics.ts';

/** What routes may touch. */
export interface HttpWorld {
  readonly daemon: Daemon;
  readonly journal: JournalAccess;
  readonly hosts: readonly Ollama[];
  readonly metrics: Metrics;
  readonly log: Logger;
  /** Aborted when the server closes: streams end. */
  readonly closing: AbortSignal;
}
