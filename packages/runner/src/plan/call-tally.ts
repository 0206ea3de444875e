import type { PlannedStep } from '@millrace/schema';
import { createReservoir } from '../rows/choose-sample.ts';
import { nothing, plus } from './interval.ts';
import type { Interval, PlannedCalls } from './run-plan.ts';

/** Calls of a step, added up over the rows. */
export interface CallTally {
  add(model: string | undefined, calls: Interval, because: Iterable<string>): void;
  /** A call that is made once with an equal one. */
  share(): void;
  /** A prompt of so many tokens. */
  prompt(prompt: MeasuredPrompt): void;
  result(): PlannedCalls;
}

/** How long a prompt is. */
export interface MeasuredPrompt {
  readonly tokens: number;
  readonly answer: number;
  readonly place: string;
  readonly isEstimated: boolean;
  readonly fit: 'fits' | 'waits' | 'too long';
}

/** Prompts that the median is of, at most. */
const sampled = 2048;

/** Memory does not grow with the prompts: the median of many is that of a sample, chosen by chance and the same each time. */
export function createCallTally({ id, kind }: Pick<PlannedStep, 'id' | 'kind'>): CallTally {
  const models = new Map<string, Interval>();
  const reasons = new Set<string>();
  const sample = createReservoir<number>(sampled, 1);
  let calls = nothing;
  let shared = 0;
  let longest: MeasuredPrompt | undefined;
  let [prompts, answer, waiting, tooLong] = [0, 0, 0, 0];
  let isEstimated = false;
  return {
    add: (model, more, because) => {
      calls = plus(calls, more);
      if (model !== undefined) models.set(model, plus(models.get(model) ?? nothing, more));
      for (const reason of because) reasons.add(reason);
    },
    share: () => {
      shared++;
    },
    prompt: (prompt) => {
      prompts++;
      sample.offer(prompt.tokens);
      if (!longest || prompt.tokens > longest.tokens) longest = prompt;
      answer = Math.max(answer, prompt.answer);
      if (prompt.fit === 'waits') waiting++;
      if (prompt.fit === 'too long') tooLong++;
      isEstimated ||= prompt.isEstimated;
    },
    result: () => ({
      step: id,
      kind,
      calls,
      models: Object.fromEntries([...models].filter(([, { most }]) => most !== 0)),
      because: [...reasons],
      shared,
      ...(longest && {
        tokens: {
          longest: longest.tokens,
          longestAt: longest.place,
          median: medianOf(sample.items()),
          medianOf: Math.min(prompts, sampled),
          isEstimated,
          answer,
          waiting,
          tooLong,
        },
      }),
    }),
  };
}

function medianOf(numbers: readonly number[]): number {
  const sorted = [...numbers].sort((a, b) => a - b);
  const middle = sorted.length / 2;
  return Math.round(((sorted[Math.ceil(middle) - 1] ?? 0) + (sorted[Math.floor(middle)] ?? 0)) / 2);
}
