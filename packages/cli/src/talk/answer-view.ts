import type { AnswerMessage } from '@millrace/core';
import { createPaint } from '../render/paint.ts';
import { oneLine, safeText } from '../render/safe-text.ts';
import type { Terminal } from '../terminal.ts';
import { createTrimmer } from './trimmer.ts';

/** An answer as it comes. */
export interface AnswerView {
  message(message: AnswerMessage): void;
  /** Ends the line; to be called however the answer ended. */
  end(): Promise<void>;
}

/** Milliseconds of silence before somebody who waits is told what for. */
const longSilenceMs = 1_000;

/**
 * Shows an answer: its text on stdout, without white space around it; thinking before it on stderr, dimmed, where that is a terminal.
 *
 * @param model Who answers.
 */
export function createAnswerView(model: string, terminal: Terminal): AnswerView {
  const paint = createPaint({ isTty: terminal.errIsTty, env: terminal.env });
  const [text, thinking] = [createTrimmer(), createTrimmer()];
  let hasText = false;
  let isThinking = false;
  let isSilent = false;
  let written: Promise<void> = Promise.resolve();
  const timer = setTimeout(() => {
    if (!terminal.errIsTty) return;
    isSilent = true;
    terminal.err(paint.dim(`waiting for ${oneLine(model, 60)} …`));
  }, longSilenceMs);
  const endSilence = (): void => {
    clearTimeout(timer);
    if (isSilent) terminal.err('\r\u001b[K');
    isSilent = false;
  };
  const think = (delta: string): void => {
    const sure = thinking.add(delta);
    if (sure === '' || !terminal.errIsTty) return;
    endSilence();
    terminal.err(paint.dim(safeText(isThinking ? sure : `thinking: ${sure}`)));
    isThinking = true;
  };
  const endThinking = (): void => {
    if (isThinking) terminal.err('\n\n');
    isThinking = false;
  };
  return {
    message: (message) => {
      const turn = 'message' in message ? message.message : message;
      if (turn.thinking) think(turn.thinking);
      const sure = text.add('message' in message ? message.message.content : message.response);
      if (sure === '') return;
      endSilence();
      endThinking();
      hasText = true;
      written = terminal.out(safeText(sure));
    },
    end: async () => {
      endSilence();
      endThinking();
      if (hasText) written = terminal.out('\n');
      await written;
    },
  };
}
