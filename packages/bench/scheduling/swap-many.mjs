import { spread } from '../statistics.mjs';
import { table, withSpread } from '../table.mjs';
import { count, wholes } from './cells.mjs';
import { interleave } from './interleave.mjs';
import { shortRows, writeInput } from './rows.mjs';
import { runOnFakes } from './run-on-fakes.mjs';
import { chains, idealMs, server } from './swap.mjs';
import { spanOf } from './throughput.mjs';

const chain = chains['A→B→A'];
const defaultRows = 10_000;
const failPercent = 2;

/** How many times the ideal a run may take before it is given up: nothing that works is as slow. */
const hopeless = 20;

/** Whether a long run loads as seldom as a short one and remembers no more, also where calls fail. */
export const swapMany = {
  title: 'the same over many rows',
  async measure({ subjects, rounds, rows = defaultRows, below }) {
    const few = Math.ceil(rows / 10);
    const inputs = Object.fromEntries(
      [few, rows].map((size) => [
        size,
        writeInput(below, `many-${size}`, shortRows(size), chain.models, server.tokens),
      ]),
    );
    const ours = subjects.filter(({ isOurs, isControl }) => isOurs && !isControl);
    const cases = ours.flatMap((subject) =>
      [{ size: few }, { size: rows }, { size: rows, failPercent }].map((one) => ({
        ...one,
        subject,
        title: `${one.size} rows by ${subject.name}`,
      })),
    );
    const figures = await interleave('swap-many', Math.ceil(rounds / 3), cases, (one) =>
      runOnFakes(one.subject, {
        servers: [{ ...server, failPercent: one.failPercent }],
        input: inputs[one.size],
        models: chain.models,
        parallel: server.slots,
        below,
        allow: one.failPercent ? ['missing'] : [],
        givenUpMs: 60_000 + hopeless * idealMs(chain, one.size),
      }),
    );
    return cases.map((one, index) => ({
      subject: one.subject.name,
      rows: one.size,
      failPercent: one.failPercent ?? 0,
      right: spread(figures[index].map(({ right }) => right)),
      loads: spread(figures[index].map(({ seen: [{ loads }] }) => loads.length)),
      toIdeal: spread(figures[index].map(({ seen }) => spanOf(seen) / idealMs(chain, one.size))),
      peakMiB: spread(figures[index].map(({ peakMiB }) => peakMiB)),
      peakToFew: spread(
        figures[index].map(({ peakMiB }, round) => peakMiB / figures[index - (index % 3)][round].peakMiB),
      ),
    }));
  },
  table: (report) =>
    table(
      [
        'A→B→A by',
        'rows',
        'calls that fail',
        'rows right',
        'loads',
        'wanted',
        'time ÷ ideal',
        'peak, MiB',
        'peak ÷ that of few rows',
      ],
      report.map((one) => [
        one.subject,
        count(one.rows),
        `${one.failPercent} %`,
        wholes(one.right),
        wholes(one.loads),
        String(chain.loads),
        withSpread(one.toIdeal),
        wholes(one.peakMiB),
        withSpread(one.peakToFew),
      ]),
    ),
};
