// `npm run bench -- batch`: measures `millrace run` over many rows against the least that can be written by hand, and against other clients.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { measureRuns } from './batch/measure-runs.mjs';
import { planRuns } from './batch/plan-runs.mjs';
import { regimes } from './batch/regimes.mjs';
import { repeatFinished } from './batch/repeat-finished.mjs';
import { subjectsWith } from './batch/subjects.mjs';
import { summaries } from './batch/summaries.mjs';
import { tables } from './batch/tables.mjs';
import { build } from './build.mjs';
import { fail, listOf, wholeNumber } from './flags.mjs';
import { installPeers } from './install-peers.mjs';

const regimeNames = [...Object.keys(regimes), 'nothing'];
const usage = `Usage: npm run bench -- batch [options]

  --rounds=N         so many rounds in place of 7
  --rows=N           so many rows in place of 2,000, of \`span\` and \`cpu\`
  --regimes=A,B      of ${regimeNames.join(', ')}; default: all but million, which takes half an hour
  --subjects=A,B     only these beside the floor, see the first column of the tables
  --no-peers         only the floor and Millrace: the other clients are installed at first use
  --other=PATH       with another build of Millrace: its bin/millrace.js
  --json             one JSON object in place of the tables`;

const { values: flags, positionals } = parseArgs({
  allowPositionals: true,
  allowNegative: true,
  options: {
    rounds: { type: 'string', default: '7' },
    rows: { type: 'string', default: '2000' },
    regimes: { type: 'string' },
    subjects: { type: 'string' },
    peers: { type: 'boolean', default: true },
    other: { type: 'string' },
    json: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});
if (flags.help || positionals.length > 0) {
  console.error(usage);
  process.exit(flags.help ? 0 : 2);
}

const rounds = wholeNumber('rounds', flags.rounds);
const rows = wholeNumber('rows', flags.rows);
const wanted = listOf(flags.regimes, regimeNames) ?? regimeNames.filter((name) => name !== 'million');
const subjects = chosenSubjects();
for (const needs of ['node-20', 'node-22'])
  if (subjects.some((subject) => subject.needs === needs)) installPeers(needs);
if (subjects.some(({ name }) => name === 'millrace')) build();

const folder = mkdtempSync(join(tmpdir(), 'millrace-batch-'));
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => process.exit(130));
process.once('exit', () => rmSync(folder, { recursive: true, force: true }));

const report = { node: process.version, date: new Date().toISOString().slice(0, 10), rounds, regimes: {} };
say(`Node ${process.version}, ${rounds} rounds. Ratios are to the floor of the same round: median (quartiles).\n`);
const runs = planRuns(
  wanted.filter((name) => name !== 'nothing'),
  { rounds, rows, subjects },
);
const { measured, finished } = await measureRuns(runs, folder);
for (const name of wanted.filter((regime) => regime !== 'nothing')) {
  const { pace, counts, isOurs } = regimes[name];
  const part = subjects
    .filter((subject) => subject.isOurs || !isOurs)
    .map((subject) => summaries[name](subject.name, measured[pace], counts(rows)));
  report.regimes[name] = part;
  say(`### ${name}\n\n${tables[name](part, counts(rows))}\n`);
}
if (wanted.includes('nothing')) {
  const subject =
    subjects.find(({ name }) => name === 'millrace other') ?? subjects.find(({ name }) => name === 'millrace');
  if (!subject) fail('`nothing` is about Millrace, which is not among the subjects.');
  report.regimes.nothing = await repeatFinished(subject, { rounds, folder, finished });
  say(`### nothing\n\n${tables.nothing(report.regimes.nothing)}\n`);
}
if (flags.json) console.log(JSON.stringify(report, null, 2));

function chosenSubjects() {
  const all = subjectsWith(flags.other && resolve(flags.other)).filter(({ needs }) => flags.peers || !needs);
  const names = listOf(
    flags.subjects,
    all.map(({ name }) => name),
  );
  return all.filter(({ name }) => name === 'floor' || name === 'floor again' || !names || names.includes(name));
}

function say(text) {
  if (!flags.json) console.log(text);
}
