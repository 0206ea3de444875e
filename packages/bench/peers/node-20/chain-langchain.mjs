// LangChain's `batch` of a sequence, which takes all inputs at once, and runs each step for all of them before the next.
import { StringOutputParser } from '@langchain/core/output_parsers';
import { RunnableLambda, RunnableSequence } from '@langchain/core/runnables';
import { ChatOllama } from '@langchain/ollama';
import { allRows, createAnswerFile } from '../../batch/row-files.mjs';
import { promptOf } from '../../scheduling/chain.mjs';

const { url, rows: from, output, models, parallel } = JSON.parse(process.argv[2]);
const steps = models.flatMap((model, place) => [
  RunnableLambda.from((text) => promptOf(place, text.trim())),
  new ChatOllama({ baseUrl: url, model }),
  new StringOutputParser(),
]);
const file = createAnswerFile(output);

const rows = await allRows(from);
const inputs = rows.map(({ text }) => text);
const answers = await RunnableSequence.from(steps).batch(inputs, { maxConcurrency: parallel });
for (const [index, answer] of answers.entries()) await file.put(index, rows[index].id, answer.trim());
await file.close();
