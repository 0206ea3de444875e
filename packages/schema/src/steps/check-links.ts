import type { Findings } from '../findings.ts';
import type { YamlPath } from '../source/yaml-path.ts';
import { didYouMean } from '../suggest.ts';
import { isMap, mapIn, type YamlMap } from '../yaml-map.ts';
import type { TypedStep } from './type-steps.ts';

/** Checks the steps that keys name without an expression: in `over`, `continue`, `on_error.run` and `save.over`. */
export function checkLinks(steps: readonly TypedStep[], save: YamlMap, findings: Findings): void {
  const byId = new Map(steps.map((step) => [step.id, step]));
  const find = (path: YamlPath, part: 'key' | 'value', name: unknown, fits: (step: TypedStep) => Misfit): void => {
    if (typeof name !== 'string' || name === '') return; // its type was told before
    const step = byId.get(name);
    const finding = step ? fits(step) : unknownStep(name, steps);
    if (finding) findings.add(path, part, { code: 'STEP_UNFIT', ...finding });
  };

  for (const step of steps) {
    const path = ['steps', step.id];
    find([...path, 'over'], 'value', step.value.over, (other) => overMisfit(step, other));
    if (step.kind?.continues)
      find([...path, 'continue'], 'value', step.value.continue, (other) => talkMisfit(step, other));
    const run = isMap(step.value.on_error) ? step.value.on_error.run : undefined;
    find([...path, 'on_error', 'run'], 'value', run, (other) => fallbackMisfit(step, other));
  }
  for (const name of Object.keys(mapIn(save.over) ?? {})) {
    find(['save', 'over', name], 'key', name, ({ isReduce }) =>
      isReduce
        ? undefined
        : { message: `\`${name}\` is no reduce.`, hint: `Save it below \`fields\`: \`${name}: \${${name}}\`.` },
    );
  }
}

type Misfit = { readonly message: string; readonly hint: string; readonly code?: 'STEP_UNKNOWN' } | undefined;

const unknownStep = (name: string, steps: readonly TypedStep[]): Misfit => ({
  code: 'STEP_UNKNOWN',
  message: `There is no step \`${name.length > 60 ? `${name.slice(0, 60)}…` : name}\`.`,
  hint: didYouMean(
    name,
    steps.map(({ id }) => id),
  ),
});

function overMisfit(step: TypedStep, other: TypedStep): Misfit {
  if (other.id === step.id)
    return { message: 'A reduce cannot run over itself.', hint: 'Name the step whose values it takes.' };
  if (!other.isReduce) return undefined;
  return {
    message: `\`${other.id}\` is a reduce too, and has no values of rows.`,
    hint: 'Name a step that runs for each row.',
  };
}

function talkMisfit(step: TypedStep, other: TypedStep): Misfit {
  if (!other.kind?.continues) {
    const kind = other.kind ? `a \`${other.kind.kind}\` step` : 'a step without a kind';
    return { message: `\`${other.id}\` is ${kind}, and has no talk to go on with.`, hint: 'Name a chat step.' };
  }
  if (other.item !== undefined) return { message: `\`${other.id}\` has a talk for each item, and not one.`, hint: '' };
  if (other.isReduce || step.isReduce) {
    return { message: 'A talk goes on within one row, and a reduce runs after all rows.', hint: '' };
  }
  return undefined;
}

function fallbackMisfit(step: TypedStep, other: TypedStep): Misfit {
  if (other.id === step.id) return { message: 'A step cannot stand in for itself.', hint: 'To try again is `retry:`.' };
  if (other.isReduce || step.isReduce) {
    return {
      message: 'A reduce has no step that stands in for it, nor is it one.',
      hint: 'Write `on_error: { use: VALUE }`.',
    };
  }
  return undefined;
}
