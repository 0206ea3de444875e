// ollama-js with p-queue, as their pages show it: a whole answer a call, and no more rows in memory than are in work.
import { Ollama } from 'ollama';
import PQueue from 'p-queue';
import { promptOf } from '../../batch/answers.mjs';
import { model, slots } from '../../batch/regimes.mjs';
import { createAnswerFile, readRows } from '../../batch/row-files.mjs';

const [url, from, to, isStreaming] = process.argv.slice(2);
const client = new Ollama({ host: url });
const queue = new PQueue({ concurrency: slots });
const file = createAnswerFile(to);
let next = 0;

for await (const { id, text } of readRows(from)) {
  const index = next++;
  await queue.onSizeLessThan(slots);
  queue.add(async () => file.put(index, id, await ask(promptOf(text))));
}
await queue.onIdle();
await file.close();

async function ask(prompt) {
  if (!isStreaming) return (await client.generate({ model, prompt })).response.trim();
  let answer = '';
  for await (const { response } of await client.generate({ model, prompt, stream: true })) answer += response;
  return answer.trim();
}
