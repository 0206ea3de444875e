// `pnpm bench core`: measures core against the least that can be written by hand, and against other clients.
import { spawnSync } from 'node:child_process';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { fail, listOf } from './flags.mjs';
import { installPeers, node22 } from './install-peers.mjs';
import { startServer } from './processes.mjs';
import { regimes } from './regimes.mjs';
import { runCancels, runRounds } from './rounds.mjs';
import { subjects } from './subjects.mjs';
import { cancelTable, regimeTable } from './table.mjs';

const usage = `Usage: pnpm bench core [options]

  --quick            5 rounds in place of 15
  --rounds=N         so many rounds
  --regimes=A,B      only these: ${regimes.map(({ name }) => name).join(', ')}, cancel
  --subjects=A,B     only these beside the floor: ${subjects.map(({ name }) => name).join(', ')}
  --no-peers         without ollama-js and LangChain, which are installed at first use
  --with-ai-sdk      with the AI SDK too; all run on a Node 22 that is installed at first use
  --other=PATH       with another build of core: its dist/index.js
  --json             one JSON object in place of the tables`;

const { values: flags, positionals } = parseArgs({
  allowPositionals: true,
  allowNegative: true,
  options: {
    quick: { type: 'boolean', default: false },
    rounds: { type: 'string' },
    regimes: { type: 'string' },
    subjects: { type: 'string' },
    peers: { type: 'boolean', default: true },
    'with-ai-sdk': { type: 'boolean', default: false },
    other: { type: 'string' },
    json: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});
if (flags.help || positionals.length > 0) {
  console.error(usage);
  process.exit(flags.help ? 0 : 2);
}

const rounds = Number(flags.rounds ?? (flags.quick ? 5 : 15));
const names = [...regimes.map(({ name }) => name), 'cancel'];
const wantedRegimes = listOf(flags.regimes, names) ?? names;
const subjectNames = subjects.map(({ name }) => name);
const wantedSubjects = listOf(flags.subjects, subjectNames) ?? subjectNames;
if (!(rounds >= 1)) fail(`--rounds takes a number from 1 on, not \`${flags.rounds}\`.`);

const has = { other: flags.other !== undefined, 'node-20': flags.peers, 'node-22': flags['with-ai-sdk'] };
const chosen = subjects.filter(
  ({ name, needs }) =>
    name.startsWith('floor') || ((needs === undefined || has[needs]) && wantedSubjects.includes(name)),
);
for (const needs of ['node-20', 'node-22']) if (chosen.some((subject) => subject.needs === needs)) installPeers(needs);
build();

const runtime = { node: has['node-22'] ? node22 : process.execPath, other: flags.other && resolve(flags.other) };
const version = spawnSync(runtime.node, ['--version'], { encoding: 'utf8' }).stdout.trim();
const report = { node: version, date: new Date().toISOString().slice(0, 10), rounds, regimes: {} };
say(`Node ${version}, ${rounds} rounds. CPU and time are ratios to the floor of the same round: median (quartiles).\n`);

const { url, stop } = await startServer();
for (const regime of regimes.filter(({ name }) => wantedRegimes.includes(name))) {
  const onRound = progress(regime.name);
  report.regimes[regime.name] = await runRounds({ regime, subjects: chosen, rounds, url, runtime, onRound });
  say(`### ${regime.title}\n\n${regimeTable(report.regimes[regime.name])}\n`);
}
if (wantedRegimes.includes('cancel')) {
  const once = chosen.filter(({ name }) => name !== 'floor again');
  const onRound = progress('cancel');
  report.cancel = await runCancels({ subjects: once, rounds: Math.ceil(rounds / 5), times: 20, url, runtime, onRound });
  say(`### From the cancel to the closed socket\n\n${cancelTable(report.cancel)}\n`);
}
stop();
if (flags.json) console.log(JSON.stringify(report, null, 2));

function say(text) {
  if (!flags.json) console.log(text);
}

function progress(name) {
  return (round) => process.stderr.isTTY && process.stderr.write(`\r\x1b[K${name}: round ${round} of ${rounds}\r`);
}

// What is measured is what is published: the built package.
function build() {
  const root = fileURLToPath(new URL('../..', import.meta.url));
  const tsc = join(root, 'node_modules', 'typescript', 'bin', 'tsc');
  const { status } = spawnSync(process.execPath, [tsc, '-b', 'packages/core'], { cwd: root, stdio: ['ignore', 2, 2] });
  if (status !== 0) fail('packages/core does not build.');
}
