// `npm run bench -- scheduling`: measures what is asked of a server when, and of which one, against other clients and against what is possible.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { build } from './build.mjs';
import { fail, listOf, wholeNumber } from './flags.mjs';
import { installPeers } from './install-peers.mjs';
import { regimes } from './scheduling/regimes.mjs';
import { subjectsWith } from './scheduling/subjects.mjs';

const names = Object.keys(regimes);
const usage = `Usage: npm run bench -- scheduling [options]

  --rounds=N         so many rounds in place of 5, of the long regimes a third
  --rows=N           so many rows in place of those of each regime
  --regimes=A,B      of ${names.join(', ')}
  --no-peers         without ollama-js and LangChain, which are installed at first use
  --other=PATH       with another build of Millrace: its bin/millrace.js
  --models=A,B       of \`real\`, which needs OLLAMA_HOST: in place of the two smallest that are installed
  --json             one JSON object in place of the tables`;

const { values: flags, positionals } = parseArgs({
  allowPositionals: true,
  allowNegative: true,
  options: {
    rounds: { type: 'string', default: '5' },
    rows: { type: 'string' },
    regimes: { type: 'string' },
    peers: { type: 'boolean', default: true },
    other: { type: 'string' },
    models: { type: 'string' },
    json: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});
if (flags.help || positionals.length > 0) {
  console.error(usage);
  process.exit(flags.help ? 0 : 2);
}

const rounds = wholeNumber('rounds', flags.rounds);
const rows = flags.rows === undefined ? undefined : wholeNumber('rows', flags.rows);
const host = process.env.OLLAMA_HOST;
const wanted = listOf(flags.regimes, names) ?? names.filter((name) => host || !regimes[name].needsHost);
if (!host && wanted.some((name) => regimes[name].needsHost))
  fail('`real` asks a real server: say where with OLLAMA_HOST.');
const subjects = subjectsWith(flags.other && resolve(flags.other)).filter(({ needs }) => flags.peers || !needs);
if (flags.peers) installPeers('node-20');
build();

const folder = mkdtempSync(join(tmpdir(), 'millrace-scheduling-'));
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => process.exit(130));
process.once('exit', () => rmSync(folder, { recursive: true, force: true }));

const report = { node: process.version, date: new Date().toISOString().slice(0, 10), rounds, regimes: {} };
say(`Node ${process.version}, ${rounds} rounds. Median (quartiles); ratios are taken within a round.\n`);
for (const name of wanted) {
  const { title, measure, table } = regimes[name];
  report.regimes[name] = await measure({
    subjects,
    rounds,
    rows,
    below: folder,
    host,
    models: flags.models?.split(','),
  });
  say(`### ${name}: ${title}\n\n${table(report.regimes[name])}\n`);
}
if (flags.json) console.log(JSON.stringify(report, null, 2));

function say(text) {
  if (!flags.json) console.log(text);
}
