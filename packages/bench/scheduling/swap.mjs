import { spread } from '../statistics.mjs';
import { table, withSpread } from '../table.mjs';
import { wholes } from './cells.mjs';
import { interleave } from './interleave.mjs';
import { shortRows, writeInput } from './rows.mjs';
import { runOnFakes } from './run-on-fakes.mjs';
import { spanOf } from './throughput.mjs';

/** Chains of steps, by their models, and the loads that one of them needs. */
export const chains = {
  'A→B': { models: ['bench-a', 'bench-b'], loads: 2 },
  'A→B→A': { models: ['bench-a', 'bench-b', 'bench-a'], loads: 3 },
};

/** A server that has room for one model. */
export const server = {
  models: ['bench-a', 'bench-b'],
  maxLoadedModels: 1,
  loadMs: 200,
  slots: 4,
  tokens: 16,
  tokenMs: 1,
};

/** The time of a run that loads each model as seldom as can be and never lets a slot be idle. */
export const idealMs = ({ models, loads }, rows) =>
  loads * server.loadMs + (rows * models.length * server.tokens * server.tokenMs) / server.slots;

const defaultRows = 200;

/** How often two models that do not fit together take turns, and what that costs. */
export const swap = {
  title: 'two models, room for one',
  async measure({ subjects, rounds, rows = defaultRows, below }) {
    const inputs = Object.fromEntries(
      Object.entries(chains).map(([name, { models }]) => [
        name,
        writeInput(below, `swap-${models.length}`, shortRows(rows), models, server.tokens),
      ]),
    );
    const cases = Object.keys(chains).flatMap((chain) =>
      withAuto(subjects).map((subject) => ({ chain, subject, title: `${chain} by ${subject.name}` })),
    );
    const figures = await interleave('swap', rounds, cases, ({ chain, subject }) =>
      runOnFakes(subject, {
        servers: [server],
        input: inputs[chain],
        models: chains[chain].models,
        parallel: subject.parallel ?? server.slots,
        below,
      }),
    );
    return cases.map(({ chain, subject }, index) => ({
      chain,
      rows,
      subject: subject.name,
      wantedLoads: chains[chain].loads,
      loads: spread(figures[index].map(({ seen: [{ loads }] }) => loads.length)),
      toIdeal: spread(figures[index].map(({ seen }) => spanOf(seen) / idealMs(chains[chain], rows))),
      spanMs: spread(figures[index].map(({ seen }) => spanOf(seen))),
    }));
  },
  table: (report) =>
    table(
      ['chain', 'subject', 'loads', 'wanted', 'time ÷ ideal', 'time, ms'],
      report.map(({ chain, subject, loads, wantedLoads, toIdeal, spanMs }) => [
        chain,
        subject,
        wholes(loads),
        String(wantedLoads),
        withSpread(toIdeal),
        wholes(spanMs),
      ]),
    ),
};

/** All have as many calls in flight as there are slots; Millrace also what it finds out by itself, as without a word of the user. */
const withAuto = (subjects) =>
  subjects.flatMap((subject) =>
    subject.isOurs && !subject.isControl
      ? [subject, { ...subject, name: `${subject.name}, parallel: auto`, parallel: 'auto' }]
      : [subject],
  );
