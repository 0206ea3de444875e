// LangChain's `batch`, which takes all inputs at once and limits the calls itself.
import { ChatOllama } from '@langchain/ollama';
import { promptOf } from '../../batch/answers.mjs';
import { model, slots } from '../../batch/regimes.mjs';
import { allRows, createAnswerFile } from '../../batch/row-files.mjs';

const [url, from, to] = process.argv.slice(2);
const chat = new ChatOllama({ baseUrl: url, model });
const file = createAnswerFile(to);

const rows = await allRows(from);
const inputs = rows.map(({ text }) => promptOf(text));
const answers = await chat.batch(inputs, { maxConcurrency: slots });
for (const [index, { content }] of answers.entries()) await file.put(index, rows[index].id, content.trim());
await file.close();
