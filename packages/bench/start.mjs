// `npm run bench -- start`: measures how long commands take from their start to their end, as a user waits for them.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { build } from './build.mjs';
import { spread } from './statistics.mjs';
import { table, withSpread } from './table.mjs';

const usage = `Usage: npm run bench -- start [options]

  --rounds=N         so many rounds in place of 15
  --other=PATH       with another program: its bin/millrace.js
  --json             one JSON object in place of the table`;

const { values: flags } = parseArgs({
  options: {
    rounds: { type: 'string', default: '15' },
    other: { type: 'string' },
    json: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});
const rounds = Number(flags.rounds);
if (flags.help || !(rounds >= 1)) {
  console.error(usage);
  process.exit(flags.help ? 0 : 2);
}

const root = fileURLToPath(new URL('../..', import.meta.url));
build();

const folder = mkdtempSync(join(tmpdir(), 'millrace-start-'));
const large = join(folder, 'large.yaml');
writeFileSync(large, workflowOf(500));
const small = join(root, 'workflows', 'single-prompt.yaml');
const rowsFile = join(root, 'workflows', 'review-replies.yaml');
const bundled = join(root, 'packages', 'cli', 'bin', 'millrace.js');
const unbundled = fileURLToPath(new URL('./unbundled.mjs', import.meta.url));

const subjects = {
  'node -e 0': ['-e', '0'],
  'node -e 0 again': ['-e', '0'],
  'millrace --version': [bundled, '--version'],
  'millrace validate, a step': [bundled, 'validate', small],
  'millrace validate, a step, not bundled': [unbundled, 'validate', small],
  'millrace validate, two steps and rows': [bundled, 'validate', rowsFile],
  'millrace validate, 500 steps': [bundled, 'validate', large],
  ...(flags.other && { 'the other, a step': [resolve(flags.other), 'validate', small] }),
};

try {
  const times = Object.fromEntries(Object.keys(subjects).map((name) => [name, []]));
  for (let round = 0; round < rounds; round += 1) {
    const order = Object.entries(subjects);
    for (const [name, args] of round % 2 === 0 ? order : order.toReversed()) times[name].push(timeOf(name, args));
  }
  const floor = times['node -e 0'];
  const report = Object.entries(times).map(([subject, ms]) => ({
    subject,
    ms: spread(ms),
    ratio: spread(ms.map((value, round) => value / floor[round])),
  }));
  if (flags.json) console.log(JSON.stringify({ node: process.version, rounds, report }, null, 2));
  else {
    console.log(
      `Node ${process.version}, ${rounds} rounds. Median (quartiles); a ratio is to \`node -e 0\` of the same round.\n`,
    );
    console.log(
      table(
        ['command', 'time ÷ floor', 'ms'],
        report.map(({ subject, ratio, ms }) => [subject, withSpread(ratio), ms.median.toFixed(0)]),
      ),
    );
  }
} finally {
  rmSync(folder, { recursive: true });
}

function timeOf(name, args) {
  const from = process.hrtime.bigint();
  const { status, stderr } = spawnSync(process.execPath, args, {
    stdio: ['ignore', 'ignore', 'pipe'],
    encoding: 'utf8',
  });
  const ms = Number(process.hrtime.bigint() - from) / 1e6;
  if (status !== 0) throw new Error(`${name} ended with ${status}: ${stderr}`);
  return ms;
}

/** Steps in a chain, each with an expression of its own. */
function workflowOf(count) {
  const steps = Array.from({ length: count }, (_, index) =>
    index === 0 ? '  s0: { generate: Begin. }' : `  s${index}: { generate: "Go on from \${s${index - 1}}" }`,
  );
  return `model: m\nsteps:\n${steps.join('\n')}\n`;
}
