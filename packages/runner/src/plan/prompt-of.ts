import type { ModelOptions } from '@millrace/core';
import type { ErrorDescription } from '@millrace/errors';
import { describeError, MillraceError } from '@millrace/errors';
import type { PlannedStep } from '@millrace/schema';
import { textsIn } from '../context/prompt-texts.ts';
import { hashOf } from '../hash-of.ts';
import { isDetermined } from '../journal/request-identity.ts';
import { promptText } from '../prompt-text.ts';
import type { Names } from '../step-runner.ts';

/** A prompt, in which answers that are not there yet may stand as `‹answer of STEP›`. */
export interface OpenPrompt {
  /** Undefined where only an answer tells. */
  readonly model: string | undefined;
  readonly options: ModelOptions | undefined;
  readonly system: string | undefined;
  readonly messages: readonly { readonly role: string; readonly text: string }[];
  readonly images: number;
  /** Nothing in it is missing. */
  readonly isComplete: boolean;
  /** Calls with the same one are made once; absent where each is made. */
  readonly request?: string;
  /** Why it cannot be made. Where it is not complete, that may be for what is missing. */
  readonly error?: ErrorDescription;
}

/** Renders what a step would ask. Never throws. */
export function promptOf(step: PlannedStep, names: Names, isComplete: boolean): OpenPrompt {
  const model = attempt(() => step.model?.render(names));
  const options = optionsIn(step, names);
  const base = { model: typeof model === 'string' && !model.includes('‹') ? model : undefined, options, isComplete };
  try {
    const system = step.system?.render(names);
    const body = step.body.render(names);
    const messages = messagesOf(step.kind, body);
    const images = step.images ? textsIn(attempt(() => step.images?.render(names))).length : 0;
    const isShared = isComplete && !step.repeat && step.cache !== 'off' && images === 0 && isDetermined(options);
    const { kind, returns, onOverflow } = step;
    const [format, think] = [step.format, step.think].map((template) => attempt(() => template?.render(names)));
    return {
      ...base,
      system: typeof system === 'string' ? system : undefined,
      messages,
      images,
      ...(isShared && { request: hashOf([kind, model, body, system, options, returns ?? format, think, onOverflow]) }),
    };
  } catch (error) {
    // What an answer must be for cannot be shown without it, but as the file has it.
    const written = isComplete || step.body.text === undefined ? [] : [{ role: 'template', text: step.body.text }];
    return { ...base, system: undefined, messages: written, images: 0, error: describeError(error) };
  }
}

/** The texts of a prompt, as the runner counts them. */
export const textsOfPrompt = ({ system, messages }: OpenPrompt): readonly string[] => [
  ...messages.map(({ text }) => text),
  ...(system === undefined ? [] : [system]),
];

function messagesOf(kind: string, body: unknown): OpenPrompt['messages'] {
  if (kind === 'chat') {
    if (!Array.isArray(body)) throw new MillraceError('EXPRESSION_FAILED', '`chat` takes a list of messages.');
    return body.map(messageIn);
  }
  if (kind === 'generate') return [{ role: 'user', text: promptText(body) }];
  if (kind === 'embed')
    return (Array.isArray(body) ? body : [body]).map((text) => ({ role: 'text', text: promptText(text) }));
  return textsIn(body).map((text) => ({ role: 'text', text }));
}

function messageIn(message: unknown): { readonly role: string; readonly text: string } {
  const { role, content, ...own } = (message ?? {}) as Readonly<Record<string, unknown>>;
  if (typeof role === 'string' && typeof content === 'string') return { role, text: content };
  const [name, text] = Object.entries(own)[0] ?? [];
  if (name === undefined) throw new MillraceError('EXPRESSION_FAILED', '`chat` has a message that is none.');
  return { role: name, text: promptText(text) };
}

function optionsIn({ options, context }: PlannedStep, names: Names): ModelOptions | undefined {
  const own = (attempt(() => options?.render(names)) ?? undefined) as ModelOptions | undefined;
  return context === 'auto' ? own : { num_ctx: context, ...own };
}

function attempt<Value>(make: () => Value): Value | undefined {
  try {
    return make();
  } catch {
    return undefined;
  }
}
