import type { PlanWarning, RunPlan } from '@millrace/runner';
import { bytes, count, plural } from '../render/figures.ts';
import type { Paint } from '../render/paint.ts';
import { oneLine } from '../render/safe-text.ts';
import { alignColumns } from '../render/table.ts';
import { interval, loadsText, rowsText, runText, timeText } from './plan-figures.ts';
import { promptLines } from './prompt-lines.ts';

/** How a plan is shown. */
export interface PlanView {
  readonly paint: Paint;
  /** Prompts as long as they are. */
  readonly isFull: boolean;
}

/** What a run would do, for people. */
export function renderPlan(plan: RunPlan, { paint, isFull }: PlanView): string {
  const parts = [
    [paint.place(oneLine(plan.workflow)), ...factLines(plan)],
    stepLines(plan),
    modelLines(plan),
    hostLines(plan),
    promptLines(plan, { paint, isFull }),
    plan.warnings.flatMap((warning) => warningLines(warning, paint)),
  ];
  return `${parts
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join('\n'))
    .join('\n\n')}\n`;
}

const factLines = (plan: RunPlan): string[] =>
  alignColumns([
    ['  run', runText(plan.run)],
    ['  rows', rowsText(plan.rows)],
    ['  calls', plan.calls.most === 0 ? 'none' : `${interval(plan.calls)}, without those for refused answers`],
    ...(plan.loads.stages.length === 0 ? [] : [['  loads', loadsText(plan.loads)]]),
    ['  time', timeText(plan.time)],
  ]);

function stepLines({ steps }: RunPlan): string[] {
  if (steps.length === 0) return [];
  const head = ['STEP', 'MODEL', 'CALLS', 'LONGEST', 'MEDIAN', 'ANSWER', ''];
  const lines = steps.map(({ step, models, calls, because, shared, tokens }) => {
    const about = tokens?.isEstimated ? '~' : '';
    const notes = [
      ...(because.length > 0 ? [`by ${because.join(', ')}`] : []),
      ...(shared > 0 ? [`${plural(shared, 'equal call')} left out`] : []),
      ...(tokens && tokens.waiting > 0 ? [`${plural(tokens.waiting, 'prompt')} wait for a larger window`] : []),
    ];
    return [
      step,
      oneLine(Object.keys(models).join(', ') || '–', 40),
      interval(calls),
      tokens ? about + count(tokens.longest) : '–',
      tokens ? about + count(tokens.median) : '–',
      tokens ? `≤ ${count(tokens.answer)}` : '–',
      notes.join('; '),
    ];
  });
  return alignColumns([head, ...lines]);
}

function modelLines({ models }: RunPlan): string[] {
  if (models.length === 0) return [];
  const head = ['MODEL', 'PARAMETERS', 'ON DISK', 'WINDOW', 'IN MEMORY'];
  const lines = models.map(
    ({ name, isMissing, bytes: size, parameters, quantization, contextLength, window, resident }) => [
      oneLine(name, 60),
      isMissing
        ? 'missing'
        : [parameters === undefined ? '–' : shortNumber(parameters), quantization ?? ''].join(' ').trim(),
      size === undefined ? '–' : bytes(size),
      `${window === undefined ? 'the server’s own' : count(window)}${contextLength === undefined ? '' : ` of ${count(contextLength)}`}`,
      resident.length === 0
        ? 'no'
        : resident.map((own) => `${memoryText(own)}${own.fits ? '' : ', loaded again for its window'}`).join('; '),
    ],
  );
  return alignColumns([head, ...lines]);
}

function hostLines({ hosts }: RunPlan): string[] {
  if (hosts.length === 0) return [];
  const head = ['HOST', 'STATE', 'IN MEMORY NOW'];
  const lines = hosts.map(({ host, answers, isUsed, missing, memory }) => [
    oneLine(host),
    !answers
      ? 'does not answer'
      : isUsed
        ? 'used'
        : `not used: without ${missing.map((name) => oneLine(name, 60)).join(', ')}`,
    memory.length === 0 ? 'nothing' : memory.map((own) => `${oneLine(own.model, 60)} ${memoryText(own)}`).join('; '),
  ]);
  return alignColumns([head, ...lines]);
}

/** `4.5 GB, 80 % of it on the GPU` */
function memoryText({ bytes: size, gpuBytes }: { readonly bytes: number; readonly gpuBytes: number }): string {
  const share = size === 0 ? 0 : gpuBytes / size;
  const where =
    share >= 1 ? 'on the GPU' : share === 0 ? 'on the CPU' : `${Math.round(100 * share)} % of it on the GPU`;
  return `${bytes(size)} ${where}`;
}

/** `4.3 B`, `268 M` */
function shortNumber(number: number): string {
  if (number >= 1e9) return `${(number / 1e9).toFixed(1)} B`;
  return number >= 1e6 ? `${Math.round(number / 1e6)} M` : count(number);
}

function warningLines({ code, message, hint, willFail }: PlanWarning, paint: Paint): string[] {
  const label = willFail ? paint.error(`will fail[${code}]`) : paint.warning(`warning[${code}]`);
  return [`${label}: ${oneLine(message, 500)}`, ...(hint === undefined ? [] : [`  hint: ${oneLine(hint, 500)}`])];
}
