// `npm run bench -- api`: measures the HTTP API over a run of very many rows while it is in work.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { askAll } from './api/ask-all.mjs';
import { newsDelay, replay, standStill } from './api/events.mjs';
import { startChild } from './api/start-child.mjs';
import { build } from './build.mjs';
import { fail, wholeNumber } from './flags.mjs';
import { quantile, spread } from './statistics.mjs';
import { table } from './table.mjs';

const usage = `Usage: npm run bench -- api [options]

  --rows=N           so many rows are there already, in place of 1,000,000
  --pace=N           so many rows a second are added in the meantime, in place of 1,000
  --asks=N           each route is asked so often, in place of 100
  --json             one JSON object in place of the tables`;

const { values: flags, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    rows: { type: 'string', default: '1000000' },
    pace: { type: 'string', default: '1000' },
    asks: { type: 'string', default: '100' },
    json: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});
if (flags.help || positionals.length > 0) {
  console.error(usage);
  process.exit(flags.help ? 0 : 2);
}
const [rows, pace, asks] = ['rows', 'pace', 'asks'].map((name) => wholeNumber(name, flags[name]));
if (rows < 1000) fail('--rows takes at least 1,000, so that there is something to page through.');
build();

const folder = mkdtempSync(join(tmpdir(), 'millrace-api-'));
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => process.exit(130));
process.once('exit', () => rmSync(folder, { recursive: true, force: true }));

const journal = join(folder, 'journal.db');
const writer = await startChild('./writer.mjs', { journal, rows, pace });
const { url, stop } = await startChild('./server.mjs', { journal, folder });
const report = {
  node: process.version,
  date: new Date().toISOString().slice(0, 10),
  rows,
  pace,
  asks,
  routes: Object.entries(await askAll(url, rows, asks)).map(([route, ms]) => ({
    route,
    ...spread(ms),
    p95: quantile(ms, 0.95),
  })),
  newsMs: await newsDelay(url, 10_000),
  replay: await replay(url),
  standStill: await standStill(url, 100, 5_000),
};
report.written = await writer.stop();
await stop();
if (flags.json) console.log(JSON.stringify(report, null, 2));
else {
  console.log(
    `Node ${report.node}: ${rows} rows, ${report.written.perSecond.toFixed(0)} more a second, each route ${asks} times.\n`,
  );
  const figures = report.routes.map(({ route, median, p95 }) => [route, median.toFixed(1), p95.toFixed(1)]);
  console.log(table(['route', 'median, ms', 'p95, ms'], figures));
  const { median, p95 } = report.newsMs;
  const { rowsPerSecond } = report.replay;
  const { readers, before, after } = report.standStill;
  console.log(`\nFrom the end of a row to its event: ${median.toFixed(0)} ms (p95 ${p95.toFixed(0)}).`);
  console.log(`A replay from the beginning: ${rowsPerSecond.toFixed(0)} rows a second.`);
  console.log(`${readers} readers that never read: ${before.toFixed(0)} MiB before, ${after.toFixed(0)} with them.`);
}
