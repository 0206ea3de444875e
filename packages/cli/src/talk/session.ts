import type { Ollama } from '@millrace/core';
import type { Terminal } from '../terminal.ts';
import type { Talk } from './talk.ts';

/** A talk at a terminal, as its commands see it. */
export interface Session {
  readonly talk: Talk;
  readonly ollama: Ollama;
  readonly terminal: Terminal;
  /** Says something to the user, on lines of its own; it may hold anything. */
  say(text: string): void;
}

/** A command of a talk. */
export interface TalkCommand {
  /** Without the slash; the first is the one that is shown. */
  readonly names: readonly [string, ...string[]];
  /** What stands behind it, for people. */
  readonly takes: string;
  readonly help: string;
  /**
   * Does it. @param rest What stands behind the name, trimmed.
   *
   * @returns True where the talk is over.
   * @throws {MillraceError} What is wrong with it; the talk goes on.
   */
  run(rest: string, session: Session): unknown;
}
