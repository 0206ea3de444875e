import { dirname, resolve } from 'node:path';
import type { Clocks, Format, KeepAlive, ModelOptions, Think } from '@millrace/core';
import { MillraceError, StepError } from '@millrace/errors';
import { createAnswerValidator, type PlannedStep, type Workflow } from '@millrace/schema';
import { defer, from, mergeMap, type Observable } from 'rxjs';
import { textIn, trueOrFalse } from './expression-values.ts';
import { findImages } from './find-images.ts';
import type { RowRecord } from './journal/row-record.ts';
import { confinedTo } from './paths/file-access.ts';
import { runPieces } from './pieces/run-pieces.ts';
import type { AnswerCheck } from './read-answer.ts';
import { type CallTools, runStep, type StepCall, type StepDone, type StepProgress } from './run-step.ts';
import type { StepKind, TalkTurn } from './step-kind.ts';
import type { StepPlace } from './step-place.ts';

/** What expressions may read, by name. */
export type Names = Record<string, unknown>;

/**
 * Renders a step for these names and makes one call of it.
 *
 * @throws {StepError} In the stream, also where an expression fails.
 */
export type StepRunner = (step: PlannedStep, place: StepPlace, names: Names) => Observable<StepProgress | StepDone>;

/** The runner of a row's steps, whose answers go to the row's record and come from there. */
export type RowRunner = (record: RowRecord | undefined) => StepRunner;

/** What steps are run with. */
export interface RunnerTools extends CallTools {
  readonly kinds: readonly StepKind[];
  readonly deltas: boolean;
}

/**
 * Prepares the steps of a workflow once, for any number of calls.
 *
 * @throws {MillraceError} `WORKFLOW_INVALID` for a step of a kind that is not among those given.
 */
export function createStepRunner({ file, steps, limits }: Workflow, tools: RunnerTools): RowRunner {
  const prepared = new Map(steps.map((step) => [step.id, prepare(step, limits, tools)]));
  const files = confinedTo(dirname(resolve(file)));

  const asked = (step: PlannedStep, call: StepCall, names: Names): Observable<StepProgress | StepDone> => {
    const { images } = step;
    if (!images) return runStep(call, tools);
    return defer(() => {
      const found = Promise.resolve().then(() => findImages(images.render(names), files));
      const whole = found.then(
        (images): StepCall => ({
          ...call,
          context: { ...call.context, images: images.map(({ source }) => source) },
          imageHashes: images.map(({ hash }) => hash),
        }),
        (error: unknown) => Promise.reject(new StepError(step.id, call.place.key, error)),
      );
      return from(whole).pipe(mergeMap((ready) => runStep(ready, tools)));
    });
  };

  return (record) => (step, place, names) =>
    defer(() => {
      const call = (at: StepPlace, own: Names): StepCall => {
        try {
          return callOf(step, prepared.get(step.id) as Prepared, { place: at, names: own, record });
        } catch (error) {
          throw new StepError(step.id, place.key, error);
        }
      };
      const ask = (one: StepCall, own: Names): Observable<StepProgress | StepDone> => asked(step, one, own);
      if (step.onOverflow !== 'split') return ask(call(place, names), names);
      return runPieces(step, place, names, { scheduling: tools.scheduling, callOf: call, ask });
    });
}

/** What of a call is the same for all rows. */
interface Prepared {
  readonly kind: StepKind;
  readonly check: AnswerCheck | undefined;
  readonly clocks: Clocks | undefined;
  readonly deltas: boolean;
}

function prepare(step: PlannedStep, limits: Workflow['limits'], { kinds, deltas }: RunnerTools): Prepared {
  const kind = kinds.find((candidate) => candidate.kind === step.kind);
  if (!kind) {
    const message = `The step \`${step.id}\` is of the kind \`${step.kind}\`, which is not among those given.`;
    throw new MillraceError('WORKFLOW_INVALID', message);
  }
  const { idleMs = limits.idleMs, totalMs = limits.totalMs } = step;
  const clocks = { ...(idleMs !== undefined && { idleMs }), ...(totalMs !== undefined && { totalMs }) };
  return {
    kind,
    check: step.returns && createAnswerValidator(step.returns),
    clocks: Object.keys(clocks).length > 0 ? clocks : undefined,
    deltas,
  };
}

/** Where a call is made. */
interface CallSite {
  readonly place: StepPlace;
  readonly names: Names;
  readonly record: RowRecord | undefined;
}

function callOf(
  step: PlannedStep,
  { kind, check, clocks, deltas }: Prepared,
  { place, names, record }: CallSite,
): StepCall {
  const { ensure, retry } = step;
  const isTrue = (value: unknown): boolean => trueOrFalse(ensure?.render({ ...names, [step.id]: value }), 'ensure');
  return {
    place,
    kind,
    check,
    clocks,
    retry,
    cache: step.cache,
    record,
    body: step.body.render(names),
    context: { deltas, ...(kind.asksModel === false ? noModel : modelContext(step, names)) },
    ...(ensure && { ensure: { text: ensure.text ?? '', isTrue } }),
  };
}

const noModel = { model: '', system: undefined, options: undefined, format: undefined };

function modelContext(step: PlannedStep, names: Names): Omit<StepCall['context'], 'deltas'> {
  const system = step.system?.render(names) ?? undefined;
  return {
    model: textIn(step.model?.render(names), 'model'),
    system: system === undefined ? undefined : textIn(system, 'system'),
    options: optionsOf(step, names),
    // `format`, `think` and `keep_alive` were checked before the run, but for values that only the row knows; those the server checks.
    format: step.returns ?? (step.format?.render(names) as Format | null | undefined) ?? undefined,
    think: (step.think?.render(names) as Think | null | undefined) ?? undefined,
    keepAlive: (step.keepAlive?.render(names) as KeepAlive | null | undefined) ?? undefined,
    truncate: step.onOverflow === 'truncate',
    talk: step.continue === undefined ? undefined : talkOf(step.continue, names),
  };
}

/** `context: N` is the window of the model; an option that says so itself goes first. */
function optionsOf({ options, context }: PlannedStep, names: Names): ModelOptions | undefined {
  const own = (options?.render(names) ?? undefined) as ModelOptions | undefined;
  return context === 'auto' ? own : { num_ctx: context, ...own };
}

function talkOf(step: string, names: Names): readonly TalkTurn[] {
  const facts = (names.steps as Readonly<Record<string, { readonly messages?: readonly TalkTurn[] }>>)[step];
  return facts?.messages ?? [];
}
