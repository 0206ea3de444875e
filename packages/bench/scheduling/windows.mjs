import { spread } from '../statistics.mjs';
import { table } from '../table.mjs';
import { wholes } from './cells.mjs';
import { interleave } from './interleave.mjs';
import { longRows, writeInput } from './rows.mjs';
import { runOnFakes } from './run-on-fakes.mjs';
import { spanOf } from './throughput.mjs';

const models = ['bench-a'];

/** Where no request says `num_ctx`, the window is 4,096 tokens, as Ollama's on most machines. */
const server = { models, slots: 4, loadMs: 200, tokens: 16, tokenMs: 1, promptTokensPerMs: 50 };

const defaultRows = 300;
const words = { from: 100, to: 6000 };
const wantedLoads = 2;

/** What becomes of prompts that do not fit the window of the server. */
export const windows = {
  title: 'prompts of 100 to 6,000 tokens, a window of 4,096',
  async measure({ subjects, rounds, rows = defaultRows, below }) {
    const input = writeInput(below, 'windows', longRows(rows, words.from, words.to), models, server.tokens);
    const cases = subjects.filter(({ isControl }) => !isControl).map((subject) => ({ subject, title: subject.name }));
    const figures = await interleave('windows', Math.ceil(rounds / 3), cases, ({ subject }) =>
      runOnFakes(subject, {
        servers: [server],
        input,
        models,
        parallel: server.slots,
        below,
        allow: ['wrong', 'missing'],
      }),
    );
    return cases.map(({ subject }, index) => {
      const of = (read) => spread(figures[index].map(read));
      return {
        subject: subject.name,
        rows,
        right: of(({ right }) => right),
        wrong: of(({ wrong }) => wrong),
        missing: of(({ missing }) => missing),
        cut: of(({ seen: [{ cut }] }) => cut),
        loads: of(({ seen: [{ loads }] }) => loads.length),
        windows: figures[index].at(-1).seen[0].loads.map(({ options }) => options.num_ctx),
        spanMs: of(({ seen }) => spanOf(seen)),
      };
    });
  },
  table: (report) =>
    table(
      ['subject', 'rows right', 'wrong', 'failed', 'prompts cut in silence', 'loads', 'at most', 'windows', 'time, ms'],
      report.map((one) => [
        one.subject,
        ...[one.right, one.wrong, one.missing, one.cut, one.loads].map(wholes),
        String(wantedLoads),
        one.windows.join(', '),
        wholes(one.spanMs),
      ]),
    ),
};
