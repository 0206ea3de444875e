// ollama-js with p-queue, a task a row, as is written without a thought of what is loaded: the steps of a row one after the other.
import { Ollama } from 'ollama';
import PQueue from 'p-queue';
import { createAnswerFile, readRows } from '../../batch/row-files.mjs';
import { promptOf } from '../../scheduling/chain.mjs';

const { url, rows, output, models, parallel, options } = JSON.parse(process.argv[2]);
const client = new Ollama({ host: url });
const queue = new PQueue({ concurrency: parallel });
const file = createAnswerFile(output);
let next = 0;

for await (const { id, text } of readRows(rows)) {
  const index = next++;
  await queue.onSizeLessThan(parallel);
  queue.add(async () => file.put(index, id, await runSteps(text)));
}
await queue.onIdle();
await file.close();

async function runSteps(text) {
  let answer = text;
  for (const [place, model] of models.entries()) {
    const { response } = await client.generate({ model, prompt: promptOf(place, answer), options });
    answer = response.trim();
  }
  return answer;
}
