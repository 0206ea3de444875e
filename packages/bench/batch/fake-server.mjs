// A fake Ollama in a process of its own. It counts the calls, and the time from the first one, which may load the model, to the end of the last answer.
import { isQuestion, startFakeOllama } from '@millrace/testing';
import { answerTokens } from './answers.mjs';
import { model, slots } from './regimes.mjs';

const { tokens, tokenMs } = JSON.parse(process.argv[2]);
let seen = nothingSeen();

const fake = await startFakeOllama({
  models: [model],
  slots,
  tokenMs,
  record: false,
  answer: ({ lastText }) => ({ tokens: answerTokens(lastText, tokens) }),
  onEvent(request, event) {
    if (request.path !== '/api/generate' && request.path !== '/api/chat') return;
    if (event === 'arrived') {
      seen.calls += 1;
      seen.firstAt ??= performance.now();
    } else if (event === 'ended' && isQuestion(request)) seen.lastAt = performance.now();
  },
});

process.on('message', ({ isLast }) => {
  const { user, system } = process.cpuUsage(seen.cpu);
  const spanMs = seen.calls === 0 ? 0 : seen.lastAt - seen.firstAt;
  process.send({ calls: seen.calls, spanMs, serverCpuMs: (user + system) / 1000 });
  if (isLast) seen = nothingSeen();
});
process.on('disconnect', () => process.exit());
process.send({ url: fake.url });

function nothingSeen() {
  return { calls: 0, firstAt: undefined, lastAt: 0, cpu: process.cpuUsage() };
}
