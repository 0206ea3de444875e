import { type Answer, type AnswerFunction, defaultAnswer } from './answer.ts';
import { type FakeModel, fullName, installModel } from './fake-model.ts';
import type { FakeOllamaOptions } from './fake-ollama-options.ts';
import { timestamp } from './lines.ts';
import type { World } from './world.ts';

/** Fills in the defaults of what the routes share, and installs the models. */
export function createWorld(options: FakeOllamaOptions, scheduler: World['scheduler']): World {
  const models: World['models'] = new Map();
  const defaults = { loadMs: options.loadMs ?? 0, slots: options.slots ?? 1 };
  const pullable = (options.pullable ?? []).map((one) => (typeof one === 'string' ? { name: one } : one));
  const add = (model: string | FakeModel, modifiedAt: string) => {
    const installed = installModel(model, defaults, modifiedAt);
    models.set(installed.name.toLowerCase(), installed);
  };
  for (const model of options.models ?? ['gemma3:270m']) add(model, timestamp(Date.UTC(2026, 0, 1)));
  return {
    version: options.version ?? '0.32.15',
    models,
    pullable,
    scheduler,
    answer: options.answer ?? ((request) => builtInAnswer(request, options.answerTokens, models)),
    tokenMs: options.tokenMs ?? 0,
    promptTokensPerMs: options.promptTokensPerMs ?? Number.POSITIVE_INFINITY,
    prefixCache: options.prefixCache ?? true,
    install: (name) => {
      const wanted = fullName(name).toLowerCase();
      if (!models.has(wanted))
        add(pullable.find((one) => fullName(one.name).toLowerCase() === wanted) ?? name, timestamp());
    },
  };
}

function builtInAnswer(
  request: Parameters<AnswerFunction>[0],
  answerTokens: number | undefined,
  models: World['models'],
): Answer {
  const model = models.get(fullName(request.model).toLowerCase());
  const thinks = model?.capabilities.includes('thinking') && (request.kind === 'chat' || !request.body.format);
  return { text: defaultAnswer(request, answerTokens), ...(thinks ? { thinking: 'Let me think about that.' } : {}) };
}
