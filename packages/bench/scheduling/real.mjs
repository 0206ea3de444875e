import { fail } from '../flags.mjs';
import { spread } from '../statistics.mjs';
import { table, withSpread } from '../table.mjs';
import { wholes } from './cells.mjs';
import { interleave } from './interleave.mjs';
import { shortRows, writeInput } from './rows.mjs';
import { runSubject } from './run-subject.mjs';

const defaultRows = 24;
const parallel = 4;
const options = { num_predict: 16, temperature: 0 };

/** What grouping the calls by their model brings on a real server. Its clock is that of the client: a process from its start to its end. */
export const real = {
  title: 'two models of a real server',
  needsHost: true,
  async measure({ subjects, rounds, rows = defaultRows, below, host, models: named }) {
    const ollama = await clientOf(host);
    const models = named ?? (await twoSmallest(ollama));
    if (models.length !== 2) fail('`--models` takes two names with a comma between them.');
    const byRow = subjects.find(({ isByRow }) => isByRow);
    if (!byRow) fail('`real` compares with the steps row by row, which ollama-js does: leave `--no-peers` out.');
    const input = writeInput(below, 'real', shortRows(rows), models, 0);
    for (const answer of input.answers) answer[1] = undefined; // nobody knows what a model will say
    const cases = [...subjects.filter(({ isOurs }) => isOurs), byRow].map((subject) => ({
      subject,
      title: subject.name,
    }));
    const urls = [ollama.url];
    const figures = await interleave('real', rounds, cases, async ({ subject }) => {
      for (const model of models) await ollama.unload(model); // each run begins with nothing loaded
      return await runSubject(subject, { urls, input, models, parallel, options, below });
    });
    const { models: loaded } = await ollama.ps();
    ollama.close();
    const ungrouped = figures.at(-1);
    return cases.map(({ subject }, index) => ({
      subject: subject.name,
      models,
      rows,
      /** Whether both are loaded after a run that used them by turns: then there is nothing to win. */
      fitTogether: models.every((model) => loaded.some(({ name }) => name === model || name === `${model}:latest`)),
      wallMs: spread(figures[index].map(({ wallMs }) => wallMs)),
      faster: spread(figures[index].map(({ wallMs }, round) => ungrouped[round].wallMs / wallMs)),
    }));
  },
  table: (report) => {
    const [{ models, rows, fitTogether }] = report;
    const note = `${models.join(' → ')} over ${rows} rows; both ${fitTogether ? 'fit' : 'do not fit'} together.`;
    const lines = report.map(({ subject, faster, wallMs }) => [subject, withSpread(faster), wholes(wallMs)]);
    return `${note}\n\n${table(['subject', 'times as fast as row by row', 'time, ms'], lines)}`;
  },
};

/** The client, whose package is built only now, with promises of last messages. */
async function clientOf(host) {
  const { createOllama, optionsFrom } = await import('@millrace/core');
  const { lastValueFrom } = await import('rxjs');
  const ollama = createOllama(optionsFrom({ OLLAMA_HOST: host }));
  return {
    url: ollama.baseUrl,
    tags: () => lastValueFrom(ollama.tags()),
    ps: () => lastValueFrom(ollama.ps()),
    show: (model) => lastValueFrom(ollama.show({ model })),
    unload: (model) => lastValueFrom(ollama.generate({ model, prompt: '', keep_alive: 0 })),
    close: () => ollama.close(),
  };
}

/** Of those that answer with text at once: one that thinks would say nothing within so few tokens. */
async function twoSmallest(ollama) {
  const { models } = await ollama.tags();
  const found = [];
  for (const { name } of models.toSorted((one, other) => one.size - other.size)) {
    const { capabilities = [] } = await ollama.show(name);
    if (capabilities.includes('completion') && !capabilities.includes('thinking')) found.push(name);
    if (found.length === 2) return found;
  }
  return fail(`${ollama.url} has no two models that answer with text: pull one, or name two with \`--models\`.`);
}
