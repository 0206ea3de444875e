import type { ChatRequest, ChatTurn, ModelOptions, Think } from '@millrace/core';
import type { AnswerFormat } from './answer-format.ts';

/** A talk as it stands: what is said to whom and how. Commands change it in place. */
export interface Talk {
  model: string;
  system: string | undefined;
  options: ModelOptions;
  think: Think | undefined;
  readonly format: AnswerFormat | undefined;
  /** Questions and answers, the oldest first. */
  turns: ChatTurn[];
  /** So many of the oldest turns do not fit into the window any more, and are not sent. */
  unsent: number;
  /** Files that go with the next message. */
  images: string[];
}

/** How a talk begins. */
export type TalkStart = Pick<Talk, 'model' | 'system' | 'options' | 'think' | 'format'>;

/** A talk in which nothing was said. */
export const createTalk = (start: TalkStart): Talk => ({ ...start, turns: [], unsent: 0, images: [] });

/** The next message of a talk. */
export const questionOf = ({ images }: Talk, content: string): ChatTurn => ({
  role: 'user',
  content,
  ...(images.length > 0 && { images: images.map((path) => ({ path })) }),
});

/** The request for an answer to a question. Thinking of earlier answers is not sent: models are trained without it. */
export function requestOf(talk: Talk, question: ChatTurn): ChatRequest {
  const { model, system, options, think, format, turns, unsent } = talk;
  const said = turns.slice(unsent).map(({ thinking: _, ...turn }) => turn);
  return {
    model,
    messages: [...(system === undefined ? [] : [{ role: 'system', content: system } as const]), ...said, question],
    // What does not fit is seen to here, so that it can be said.
    truncate: false,
    ...(Object.keys(options).length > 0 && { options }),
    ...(think !== undefined && { think }),
    ...(format && { format: format.format }),
  };
}

/** Leaves the oldest question out, with its answer. False where there is none left. */
export function leaveOutOldest(talk: Talk): boolean {
  const { turns, unsent } = talk;
  if (unsent >= turns.length) return false;
  const next = turns.findIndex(({ role }, index) => index > unsent && role === 'user');
  talk.unsent = next < 0 ? turns.length : next;
  return true;
}

/** Forgets what was said; how it is said stays. */
export function clearTalk(talk: Talk): void {
  talk.turns = [];
  talk.unsent = 0;
  talk.images = [];
}
