import type { PlannedStep, Template } from '@millrace/schema';
import { duration } from '../render/figures.ts';
import { shownTemplate } from './shown-template.ts';
import { typeText } from './type-text.ts';

/** What a step does. */
export interface ExplainedStep {
  readonly id: string;
  readonly kind: string;
  /** What its readers see, in the words of `returns`. */
  readonly type: string;
  /** Absent: it asks none, or the one that is given when it is run. */
  readonly model?: string;
  /** The places it reads: `row.text`, `classify.score`. */
  readonly reads: readonly string[];
  /** The steps that must have ended before it. */
  readonly waitsFor: readonly string[];
  /** Of those, the ones without which it is skipped. */
  readonly needs: readonly string[];
  /** What else the file says of it, by its key; what is as by default is left out. */
  readonly modifiers: Readonly<Record<string, string>>;
}

/** Tells what a step does, in words of the file. */
export function explainStep(step: PlannedStep): ExplainedStep {
  const { id, kind, type, model, waitsFor, needs } = step;
  return {
    id,
    kind,
    type: typeText(type),
    ...(model && { model: shownTemplate(model) }),
    reads: readsOf(step),
    waitsFor,
    needs,
    modifiers: modifiersOf(step),
  };
}

function readsOf(step: PlannedStep): readonly string[] {
  const { id, over, repeat, onError } = step;
  const parts = [step.when, step.for, over?.groupBy, step.model, step.system, step.body, step.options, step.think];
  const later = [step.images, step.format, step.keepAlive, step.ensure, repeat?.until, step.expect];
  const use = typeof onError === 'object' && 'use' in onError ? onError.use : undefined;
  const paths = [...parts, ...later, use].flatMap((part) => [...(part?.paths ?? [])]);
  const own = new RegExp(`^${id}(?![A-Za-z0-9_])`);
  const others = paths.filter((path) => !own.test(path));
  return [...new Set([...(over ? [over.step] : []), ...(step.continue ? [step.continue] : []), ...others])];
}

function modifiersOf(step: PlannedStep): Readonly<Record<string, string>> {
  const { over, repeat, retry, idleMs, totalMs } = step;
  const all: Readonly<Record<string, string | undefined>> = {
    when: text(step.when),
    for: text(step.for),
    over: over?.step,
    group_by: text(over?.groupBy),
    fold: over?.fold === undefined ? undefined : String(over.fold),
    continue: step.continue,
    repeat: repeat && `until ${shownTemplate(repeat.until)}, ${repeat.max} times at most`,
    system: text(step.system),
    options: text(step.options),
    think: text(step.think),
    format: text(step.format),
    images: text(step.images),
    keep_alive: text(step.keepAlive),
    ensure: text(step.ensure),
    expect: text(step.expect),
    retry: Object.keys(retry).length === 0 ? undefined : JSON.stringify(retry),
    on_error: onErrorText(step.onError),
    context: unless('auto', step.context),
    on_overflow: unless('fail', step.onOverflow),
    cache: unless('run', step.cache),
    idle: idleMs === undefined ? undefined : duration(idleMs),
    total: totalMs === undefined ? undefined : duration(totalMs),
  };
  return Object.fromEntries(Object.entries(all).filter((entry): entry is [string, string] => entry[1] !== undefined));
}

const text = (template: Template | undefined): string | undefined => template && shownTemplate(template);

const unless = (byDefault: string, value: string | number): string | undefined =>
  value === byDefault ? undefined : String(value);

function onErrorText(onError: PlannedStep['onError']): string | undefined {
  if (typeof onError === 'string') return unless('fail', onError);
  return 'use' in onError ? `use ${shownTemplate(onError.use)}` : `run ${onError.run}`;
}
