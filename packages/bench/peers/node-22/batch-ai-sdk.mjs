// The AI SDK with p-limit, whose `map` takes all rows at once.
import { generateText } from 'ai';
import { createOllama } from 'ai-sdk-ollama';
import pLimit from 'p-limit';
import { promptOf } from '../../batch/answers.mjs';
import { model, slots } from '../../batch/regimes.mjs';
import { allRows, createAnswerFile } from '../../batch/row-files.mjs';

const [url, from, to] = process.argv.slice(2);
const ollama = createOllama({ baseURL: url });
const limit = pLimit(slots);
const file = createAnswerFile(to);

const rows = await allRows(from);
await limit.map(rows, async ({ id, text }, index) => {
  const answer = await generateText({ model: ollama(model), prompt: promptOf(text) });
  await file.put(index, id, answer.text.trim());
});
await file.close();
