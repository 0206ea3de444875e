import type { PlannedStep } from '@millrace/schema';
import { optionsOf } from '../context/longest-prompts.ts';
import { loadOf } from '../lanes/ask.ts';
import { fixedModelOf } from '../models-of.ts';
import type { SeenHost } from './look-at-hosts.ts';
import type { Trouble, TroubleCode } from './row-troubles.ts';
import type { PlannedCalls, PlannedLoads, PlannedModel, PlanWarning } from './run-plan.ts';
import type { Probed } from './run-probe.ts';

/** What warnings are made of. */
export interface WarningFacts {
  readonly needsHost: boolean;
  readonly hosts: readonly SeenHost[];
  readonly models: readonly PlannedModel[];
  readonly loads: PlannedLoads;
  readonly steps: readonly PlannedStep[];
  readonly calls: readonly PlannedCalls[];
  readonly troubles: ReadonlyMap<TroubleCode, Trouble>;
  readonly probed: Probed | undefined;
}

/** What to look at before the run, that which will fail first. */
export function planWarnings(facts: WarningFacts): readonly PlanWarning[] {
  const all = [
    ...(facts.needsHost ? [...hostWarnings(facts), ...modelWarnings(facts)] : []),
    ...(facts.hosts.some(({ answers }) => answers) ? loadWarnings(facts) : []),
    ...promptWarnings(facts),
    ...rowWarnings(facts),
    ...probeWarnings(facts),
  ];
  return [...all.filter(({ willFail }) => willFail), ...all.filter(({ willFail }) => !willFail)];
}

function hostWarnings({ hosts }: WarningFacts): PlanWarning[] {
  const silent = hosts.filter(({ answers }) => !answers);
  const isAlone = silent.length === hosts.length;
  if (hosts.length === 0)
    return [
      { code: 'HOST_MISSING', message: 'No host was found that could be asked.', hint: startHint, willFail: true },
    ];
  return silent.map(({ host, problem }) => ({
    code: 'HOST_SILENT',
    message: `${host} does not answer: ${problem ?? ''}`,
    hint: isAlone ? startHint : 'The run goes without it.',
    willFail: isAlone,
  }));
}

const startHint = 'Start Ollama with `ollama serve`, or name a host with `--host`.';

function modelWarnings({ models, hosts }: WarningFacts): PlanWarning[] {
  if (!hosts.some(({ answers }) => answers)) return [];
  const isWhole = hosts.some((host) => host.answers && host.missing.length === 0);
  const missing = models.filter(({ isMissing }) => isMissing);
  const elsewhere = hosts.filter(
    (host) => host.answers && host.missing.some((name) => !missing.some((model) => model.name === name)),
  );
  return [
    ...missing.map(
      ({ name }): PlanWarning => ({
        code: 'MODEL_MISSING',
        message: `No host has the model \`${name}\`.`,
        hint: `Run \`ollama pull ${name}\` or \`millrace models pull ${name}\`, or choose another one with \`--model\`.`,
        willFail: true,
      }),
    ),
    ...elsewhere.map(
      ({ host, missing: names }): PlanWarning => ({
        code: 'MODEL_MISSING',
        message: `${host} does not have ${names.map((name) => `\`${name}\``).join(' and ')}, ${isWhole ? 'so the run goes without it' : 'and no other host has all models'}.`,
        hint: `Run \`ollama pull ${names[0]}\` there.`,
        willFail: !isWhole,
      }),
    ),
    ...models.flatMap(({ name, resident }) =>
      resident
        .filter(({ bytes, gpuBytes }) => gpuBytes > 0 && gpuBytes < bytes)
        .map(
          ({ host, bytes, gpuBytes }): PlanWarning => ({
            code: 'MODEL_PARTLY_ON_CPU',
            message: `\`${name}\` does not fit the GPU of ${host}: ${Math.round((100 * gpuBytes) / bytes)} % of it are there, and the rest is slow.`,
            hint: 'A smaller quantization, a shorter `context`, or fewer models in memory would fit.',
            willFail: false,
          }),
        ),
    ),
  ];
}

function loadWarnings({ loads, steps }: WarningFacts): PlanWarning[] {
  const models = [...new Set(loads.stages.flatMap((stage) => stage.models))];
  const apart: PlanWarning[] =
    models.length < 2 || loads.stages.length < 2
      ? []
      : [
          {
            code: 'MODELS_APART',
            message: `${models.map((name) => `\`${name}\``).join(' and ')} are not in memory together as the run wants them, so it goes stage by stage.`,
            hint: 'Whether they would fit no request tells; `ollama ps` shows which are there. Models that are loaded before the run need no stages.',
            willFail: false,
          },
        ];
  const byModel = new Map<string, Map<string, string>>();
  for (const step of steps) {
    const model = fixedModelOf(step);
    if (model === undefined) continue;
    const known = byModel.get(model) ?? new Map<string, string>();
    const load = loadOf(model, optionsOf(step));
    if (!known.has(load)) byModel.set(model, known.set(load, step.id));
  }
  const differ = [...byModel].filter(([, known]) => known.size > 1);
  return [
    ...apart,
    ...differ.map(
      ([model, known]): PlanWarning => ({
        code: 'LOADS_DIFFER',
        message: `The steps ${[...known.values()].map((id) => `\`${id}\``).join(' and ')} ask \`${model}\` with other load options, so it is loaded again whenever one follows the other.`,
        hint: 'Give them the same `num_ctx` and other options of the runner, or none.',
        willFail: false,
      }),
    ),
  ];
}

const promptWarnings = ({ calls }: WarningFacts): PlanWarning[] =>
  calls.flatMap(({ step, tokens }) =>
    tokens && tokens.tooLong > 0
      ? [
          {
            code: 'PROMPT_TOO_LONG' as const,
            message: `${tokens.tooLong} prompts of \`${step}\` are longer than any window of the model; the longest has about ${tokens.longest} tokens (${tokens.longestAt}).`,
            hint: 'Cut the text with `truncate()` or a `split` step, or say `on_overflow: split` or `truncate`.',
            rows: tokens.tooLong,
            willFail: !tokens.isEstimated,
          },
        ]
      : [],
  );

const rowWords: Readonly<
  Record<TroubleCode, { readonly what: string; readonly hint: string; readonly willFail: boolean }>
> = {
  KEY_DUPLICATE: {
    what: 'rows have the key of an earlier one, and will fail',
    hint: 'Make `each.key` of more columns, or leave it out.',
    willFail: true,
  },
  ROWS_BROKEN: {
    what: 'rows cannot be read, and will fail',
    hint: 'Mend them, or leave them out with `--range`.',
    willFail: true,
  },
  PROMPT_FAILS: {
    what: 'rows have a prompt that cannot be made, and will fail',
    hint: 'Leave such rows out with `each.where` or `when`.',
    willFail: true,
  },
  TEXT_MISSING: {
    what: 'rows have no text where a prompt reads it',
    hint: 'Leave such rows out with `each.where`.',
    willFail: false,
  },
};

const rowWarnings = ({ troubles }: WarningFacts): PlanWarning[] =>
  [...troubles].map(([code, { rows, message }]) => {
    const { what, hint, willFail } = rowWords[code];
    const first = rows === 1 ? message : `${message} This is the first.`;
    return {
      code,
      message: `${rows} ${rows === 1 ? what.replace('rows have', 'row has').replace('rows cannot', 'row cannot') : what}: ${first}`,
      hint,
      rows,
      willFail,
    };
  });

const probeWarnings = ({ probed }: WarningFacts): PlanWarning[] =>
  probed?.failure
    ? [
        {
          code: 'PROBE_FAILED',
          message: `${probed.time.failed} of ${probed.time.rows} probed rows failed. The first: ${probed.failure.message}`,
          hint: '`millrace runs show last` tells more.',
          rows: probed.time.failed,
          willFail: false,
        },
      ]
    : [];
