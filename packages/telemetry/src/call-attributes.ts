import type { CallEnd, CallStart } from '@millrace/runner';
import type { Attributes } from '@opentelemetry/api';
import { names } from './attribute-names.ts';
import { serverAttributes } from './server-attributes.ts';

/** What the conventions call the kinds; a kind of the user keeps its name. */
const operations: Readonly<Record<string, string>> = {
  generate: 'text_completion',
  chat: 'chat',
  embed: 'embeddings',
};

/** The name of a call's span. */
export const callName = ({ kind, model }: CallStart): string => `${operationOf(kind)} ${model}`;

const operationOf = (kind: string): string => (Object.hasOwn(operations, kind) ? (operations[kind] as string) : kind);

/** What is known of a call when it begins, when a sampler may look at it. */
export const callAttributes = ({ kind, model, host, attempt, step, element, round, piece }: CallStart): Attributes => ({
  [names.operation]: operationOf(kind),
  [names.provider]: 'ollama',
  [names.requestModel]: model,
  ...serverAttributes(host),
  [names.step]: step,
  [names.attempt]: attempt,
  ...(element !== undefined && { [names.element]: element }),
  ...(round !== undefined && { [names.round]: round }),
  ...(piece !== undefined && { [names.piece]: piece }),
});

/** What its answer adds. @param model The one that was asked for. */
export const answerAttributes = ({ status, usage, doneReason }: CallEnd, model: string): Attributes => ({
  [names.callStatus]: status,
  ...(usage && {
    // Ollama answers under the name that it was asked by; what it runs has a tag.
    [names.responseModel]: withTag(model),
    [names.inputTokens]: usage.promptTokens,
    [names.outputTokens]: usage.outputTokens,
  }),
  ...(doneReason !== undefined && { [names.finishReasons]: [doneReason] }),
});

const withTag = (model: string): string => (/:[^/]*$/.test(model) ? model : `${model}:latest`);
