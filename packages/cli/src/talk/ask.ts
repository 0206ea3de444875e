import type { ChatTurn, Ollama } from '@millrace/core';
import { isMillraceError } from '@millrace/errors';
import type { Observable } from 'rxjs';
import { plural } from '../render/figures.ts';
import type { Terminal } from '../terminal.ts';
import { createAnswerView } from './answer-view.ts';
import { beginCall } from './begin-call.ts';
import { type Heard, hearAnswer } from './hear-answer.ts';
import { cutNote, statsLine } from './stats-line.ts';
import { leaveOutOldest, questionOf, requestOf, type Talk } from './talk.ts';

/** Where a question is asked. */
export interface Surroundings {
  readonly ollama: Ollama;
  readonly terminal: Terminal;
  /** Ends the answer. */
  readonly stop$: Observable<unknown>;
  /** Says what each answer took. */
  readonly stats: boolean;
}

/**
 * Asks the next question of a talk, shows the answer, and keeps both, also what had come of an answer that was stopped. Where the talk does not
 * fit into the window any more, its oldest questions are left out, which is said.
 *
 * @returns Whether it was stopped.
 * @throws {MillraceError} What the call throws, and `ANSWER_INVALID`; the question is not kept then, unless it was answered.
 */
export async function ask(talk: Talk, content: string, surroundings: Surroundings): Promise<boolean> {
  const { terminal, stats } = surroundings;
  const question = questionOf(talk, content);
  const before = talk.unsent;
  const { answer, isStopped } = await hearFitting(talk, question, surroundings);
  if (talk.unsent > before)
    terminal.err(
      `The window is full: the first ${plural(talk.unsent, 'message')} of the talk are not sent any more.\n`,
    );
  talk.images = [];
  if (!answer) return isStopped;
  const { content: said, thinking } = answer;
  talk.turns.push(question, { role: 'assistant', content: said, ...(thinking !== '' && { thinking }) });
  if (isStopped) return true;
  const notes = [cutNote(answer), stats ? statsLine(answer) : undefined];
  for (const note of notes) if (note !== undefined) terminal.err(`${note}\n`);
  talk.format?.read(said);
  return false;
}

async function hearFitting(talk: Talk, question: ChatTurn, surroundings: Surroundings): Promise<Heard> {
  const before = talk.unsent;
  for (;;) {
    try {
      return await hear(talk, question, surroundings);
    } catch (error) {
      const isTooLong = isMillraceError(error) && error.code === 'CONTEXT_OVERFLOW';
      if (isTooLong && leaveOutOldest(talk)) continue;
      talk.unsent = before;
      throw error;
    }
  }
}

async function hear(talk: Talk, question: ChatTurn, { ollama, terminal, stop$ }: Surroundings): Promise<Heard> {
  const view = createAnswerView(talk.model, terminal);
  const messages$ = beginCall(ollama, requestOf(talk, question));
  return await hearAnswer(messages$, view.message, stop$).finally(view.end);
}
