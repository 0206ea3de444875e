// A run that has many rows behind it and goes on: a process of its own, as `millrace run` is one.
import { openJournal } from '../../runner/dist/index.js';

const { journal: path, rows, pace } = JSON.parse(process.argv[2]);
const chunk = 5_000;
const everyMs = 50;

const journal = await openJournal(path);
const run = await journal.begin({
  identity: 'bench',
  workflow: 'bench',
  file: '/bench/bench.yaml',
  invocation: { inputs: {} },
  passKey: 'one',
  paths: [],
  mode: 'new',
  at: Date.now(),
});
const result = JSON.stringify({ sentiment: 'negative', reply: 'We are sorry to hear that. '.repeat(4) });
const failure = JSON.stringify({
  row: { text: 'x'.repeat(150) },
  error: { code: 'STREAM_TRUNCATED', message: 'The answer ended before its final message.', retryable: true },
  answer: 'We are',
  attempts: 4,
});

/** One in fifty failed, one in ten was left out. */
const statusOf = (index) => (index % 50 === 7 ? 'failed' : index % 10 === 3 ? 'skipped' : 'ok');

function add(index) {
  const status = statusOf(index);
  const place = { step: '', position: index, key: `key-${index}`, place: `line ${index + 2}`, hash: 'hash' };
  const make = () => ({
    status,
    result: status === 'ok' ? result : null,
    failure: status === 'failed' ? failure : null,
    cause: status === 'failed' ? 'cut' : null,
    labels: null,
    promptTokens: 60,
    outputTokens: 25,
  });
  return run.begin(place, undefined, 'definition').end(status, make, [], Date.now());
}

let next = 0;
const addSome = async (count) => {
  const ended = Array.from({ length: count }, () => add(next++));
  await Promise.all(ended);
};
while (next < rows) await addSome(Math.min(chunk, rows - next));

const startedAt = performance.now();
let isStopped = false;
process.on('message', () => {
  isStopped = true;
});
process.on('disconnect', () => process.exit());
process.send({ rows });
while (!isStopped) {
  const wanted = Math.floor(((performance.now() - startedAt) / 1000) * pace) - (next - rows);
  if (wanted > 0) await addSome(wanted);
  await new Promise((resolve) => setTimeout(resolve, everyMs));
}
const perSecond = ((next - rows) / (performance.now() - startedAt)) * 1000;
await run.release();
journal.close();
process.send({ perSecond }, () => process.exit());
