import type { InstalledModel, ShowResponse } from '@millrace/core';
import { lastValueFrom } from 'rxjs';
import { exitCodes } from '../exit-codes.ts';
import { contextLengthOf } from '../models/context-length.ts';
import { type HostedModel, installedAt, namedIn } from '../models/find-models.ts';
import { type HostFlags, withHosts } from '../models/with-hosts.ts';
import { ago, bytes, count } from '../render/figures.ts';
import { oneLine, safeJson, safeText } from '../render/safe-text.ts';
import { alignColumns } from '../render/table.ts';
import type { Terminal } from '../terminal.ts';

/** The flags of `millrace models show`. */
export interface ModelsShowFlags extends HostFlags {
  readonly format: 'text' | 'json';
  readonly verbose?: boolean;
}

/** `millrace models show MODEL`: shows what a model is, at the first host that has it. Returns the exit code. */
export const modelsShow = (name: string, flags: ModelsShowFlags, terminal: Terminal): Promise<number> =>
  withHosts(flags, { engine: true }, terminal, async (hosts) => {
    const [{ ollama, model }] = namedIn(await installedAt(hosts), name) as [HostedModel];
    const { tensors, ...shown } = await lastValueFrom(ollama.show({ model: model.name }));
    const { verbose = false, format } = flags;
    if (format === 'json') {
      const { name: full, size, digest } = model;
      const whole = { name: full, host: ollama.baseUrl, size, digest, ...shown, ...(verbose && { tensors }) };
      await terminal.out(`${safeJson(whole)}\n`);
    } else await terminal.out(textOf(model, shown, verbose, Date.now()));
    return exitCodes.done;
  });

function textOf(model: InstalledModel, shown: ShowResponse, isVerbose: boolean, now: number): string {
  const { details = model.details, capabilities = [], license = '', model_info: info } = shown;
  const architecture = info['general.architecture'];
  const embedding = info[`${architecture}.embedding_length`];
  const context = contextLengthOf(shown);
  const facts: [string, string][] = [
    ['architecture', typeof architecture === 'string' ? architecture : details.family],
    ['parameters', details.parameter_size],
    ['quantisation', details.quantization_level],
    ['context', context === undefined ? '' : `${count(context)} tokens`],
    ['embedding', typeof embedding === 'number' ? count(embedding) : ''],
    ['capabilities', capabilities.join(', ')],
    ['size', bytes(model.size)],
    ['modified', ago(Date.parse(model.modified_at), now)],
    ['digest', model.digest],
    ['licence', license.trim().split('\n', 1)[0] ?? ''],
  ];
  const lines = facts.flatMap(([name, value]) => (value === '' ? [] : [[`  ${name}`, oneLine(value, 200)]]));
  const parts = isVerbose
    ? [
        ...block('system', shown.system),
        ...block('template', shown.template),
        ...block('parameters', shown.parameters),
        ...block('licence', license),
      ]
    : [];
  return `${[oneLine(model.name, 100), ...alignColumns(lines), ...parts].join('\n')}\n`;
}

const block = (name: string, text: string | undefined): readonly string[] =>
  text === undefined || text.trim() === '' ? [] : ['', `${name}`, safeText(text.trim()).replaceAll(/^(?=.)/gm, '    ')];
