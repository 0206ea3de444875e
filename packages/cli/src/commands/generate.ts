import type { Answer, GenerateRequest } from '@millrace/core';
import { exitCodes } from '../exit-codes.ts';
import { withTalkHost } from '../hosts/with-talk-host.ts';
import { createInterrupts } from '../interrupts.ts';
import { safeJson } from '../render/safe-text.ts';
import { type AnswerFormat, readAnswerFormat } from '../talk/answer-format.ts';
import { createAnswerView } from '../talk/answer-view.ts';
import { beginCall } from '../talk/begin-call.ts';
import { hearAnswer } from '../talk/hear-answer.ts';
import { modelAndPrompt } from '../talk/model-and-prompt.ts';
import { optionsIn } from '../talk/option-value.ts';
import { readPrompt } from '../talk/read-prompt.ts';
import { cutNote, statsLine } from '../talk/stats-line.ts';
import type { TalkFlags } from '../talk/talk-flags.ts';
import { thinkOf } from '../talk/think-level.ts';
import type { Terminal } from '../terminal.ts';

/** The flags of `millrace generate`. */
export interface GenerateFlags extends TalkFlags {
  readonly file?: string;
  readonly image?: readonly string[];
  readonly raw?: boolean;
  readonly json?: boolean;
}

/** `millrace generate [MODEL] [PROMPT...]`: prints the answer to one prompt as it comes. Returns the exit code. */
export async function generate(args: readonly string[], flags: GenerateFlags, terminal: Terminal): Promise<number> {
  const signals$ = createInterrupts(terminal);
  const { model, words } = modelAndPrompt(args, flags.model);
  const format = flags.format === undefined ? undefined : await readAnswerFormat(flags.format);
  const settings = settingsOf(flags, format);
  const prompt = await readPrompt({ words, file: flags.file }, terminal);
  return await withTalkHost({ model, hosts: flags.host ?? [], signals$ }, terminal, async (host) => {
    const request: GenerateRequest = { model: host.model, prompt, ...settings };
    const view = flags.json ? undefined : createAnswerView(host.model, terminal);
    const heard = await hearAnswer(
      beginCall(host.ollama, request),
      (message) => view?.message(message),
      signals$,
    ).finally(() => view?.end());
    if (heard.isStopped || !heard.answer) return exitCodes.interrupted;
    await finish(heard.answer, { flags, format, model: host.model, host: host.ollama.baseUrl }, terminal);
    return exitCodes.done;
  });
}

function settingsOf(flags: GenerateFlags, format: AnswerFormat | undefined): Omit<GenerateRequest, 'model' | 'prompt'> {
  const { system, option = [], think, image = [], raw } = flags;
  const options = optionsIn(option);
  return {
    // A prompt that is too long is an error, not an answer to the end of it.
    truncate: false,
    ...(system !== undefined && { system }),
    ...(option.length > 0 && { options }),
    ...(think !== undefined && { think: thinkOf(think) }),
    ...(format && { format: format.format }),
    ...(image.length > 0 && { images: image.map((path) => ({ path })) }),
    ...(raw && { raw }),
  };
}

interface Asked {
  readonly flags: GenerateFlags;
  readonly format: AnswerFormat | undefined;
  readonly model: string;
  readonly host: string;
}

async function finish(answer: Answer, { flags, format, model, host }: Asked, terminal: Terminal): Promise<void> {
  const { content, thinking, doneReason, usage } = answer;
  const value = format?.read(content);
  if (flags.json) {
    const whole = {
      model,
      host,
      response: content,
      ...(value !== undefined && { value }),
      ...(thinking !== '' && { thinking }),
      ...(doneReason !== undefined && { done_reason: doneReason }),
      usage,
    };
    await terminal.out(`${safeJson(whole, 0)}\n`);
  }
  const notes = [cutNote(answer), flags.stats ? statsLine(answer) : undefined];
  for (const note of notes) if (note !== undefined) terminal.err(`${note}\n`);
}
