import type { Findings } from '../findings.ts';
import { mapIn, textIn } from '../yaml-map.ts';
import type { TypedStep } from './type-steps.ts';

/** Options of the process that runs the model: where one of them changes, the server loads the model again. */
const runnerOptions = [
  'num_ctx',
  'num_batch',
  'num_gpu',
  'main_gpu',
  'use_mmap',
  'num_thread',
  'draft_num_predict',
] as const;

/** Warns of steps that ask one model with different options of its runner: each change from one to the other loads it anew. */
export function warnReloads(steps: readonly TypedStep[], model: string | undefined, findings: Findings): void {
  const firsts = new Map<string, { readonly id: string; readonly options: RunnerOptions }>();
  for (const step of steps) {
    const name = textIn(step.value.model) ?? model;
    const options = runnerOptionsOf(step);
    if (step.kind === undefined || step.kind.asksModel === false) continue;
    if (name === undefined || name.includes('${') || options === undefined) continue;
    const first = firsts.get(name);
    if (!first) {
      firsts.set(name, { id: step.id, options });
      continue;
    }
    const option = runnerOptions.find((key) => first.options[key] !== options[key]);
    if (option === undefined) continue;
    findings.add(placeOf(step, option), 'key', {
      code: 'MODEL_RELOADED',
      severity: 'warning',
      message: `The server loads \`${name}\` again for each change between \`${first.id}\` (${shown(option, first.options)}) and \`${step.id}\` (${shown(option, options)}).`,
      hint: `Give both the same \`${option}\`, which costs far less than loading the model.`,
    });
  }
}

type RunnerOptions = Readonly<Partial<Record<(typeof runnerOptions)[number], unknown>>>;

/** Undefined where an expression decides. */
function runnerOptionsOf({ value }: TypedStep): RunnerOptions | undefined {
  const options = mapIn(value.options) ?? {};
  const own = runnerOptions.flatMap((key) => (Object.hasOwn(options, key) ? [[key, options[key]] as const] : []));
  if (own.some(([, option]) => typeof option === 'string')) return undefined;
  return {
    ...(Number.isInteger(value.context) && { num_ctx: value.context }),
    ...Object.fromEntries(own),
  };
}

function placeOf({ id, value }: TypedStep, option: string): readonly string[] {
  if (Object.hasOwn(mapIn(value.options) ?? {}, option)) return ['steps', id, 'options', option];
  return option === 'num_ctx' && value.context !== undefined ? ['steps', id, 'context'] : ['steps', id];
}

const shown = (option: keyof RunnerOptions, options: RunnerOptions): string =>
  Object.hasOwn(options, option) ? `\`${option}: ${options[option]}\`` : `no \`${option}\``;
