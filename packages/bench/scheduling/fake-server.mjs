// A fake Ollama in a process of its own, which tells its parent what it has seen.
import { startFakeOllama } from '@millrace/testing';
import { answerOf } from './chain.mjs';
import { createObserver } from './observer.mjs';
import { someFail } from './some-fail.mjs';

const { tokens, failPercent, ...settings } = JSON.parse(process.argv[2]);
const observer = createObserver();

const fake = await startFakeOllama({
  ...settings,
  record: false,
  // Who has read a part of a prompt only cannot know the answer.
  answer: ({ model, lastText, tokensCut }) => ({
    tokens: answerOf(model, tokensCut > 0 ? 'a part' : lastText, tokens),
  }),
  ...(failPercent && { faults: someFail(failPercent) }),
  onEvent: observer.note,
});

process.on('message', ({ id, until }) => {
  const answer = () => process.send({ id, seen: { ...observer.seen(), loads: fake.loads } });
  if (until === undefined) answer();
  else observer.until(until, answer);
});
process.on('disconnect', () => process.exit());
process.send({ url: fake.url, port: fake.port });
