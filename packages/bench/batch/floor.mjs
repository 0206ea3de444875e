// What a careful user writes by hand, for this one job: node:http, lines cut at 0x0A, sixteen calls in flight, answers in order.
import { Agent, request } from 'node:http';
import { promptOf } from './answers.mjs';
import { model, slots } from './regimes.mjs';
import { createAnswerFile, readRows } from './row-files.mjs';

const [url, from, to] = process.argv.slice(2);
const { hostname, port } = new URL(url);
const agent = new Agent({ keepAlive: true });
const rows = readRows(from);
const file = createAnswerFile(to);
let next = 0;

await Promise.all(Array.from({ length: slots }, work));
await file.close();

async function work() {
  for (let turn = await rows.next(); !turn.done; turn = await rows.next()) {
    const index = next++;
    await file.put(index, turn.value.id, await ask(promptOf(turn.value.text)));
  }
}

function ask(prompt) {
  return new Promise((resolve, reject) => {
    const body = JSON.stringify({ model, prompt, stream: true });
    const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) };
    const sent = request({ agent, method: 'POST', hostname, port, path: '/api/generate', headers }, (response) => {
      let rest;
      let text = '';
      let isDone = false;
      response.on('data', (chunk) => {
        const bytes = rest === undefined ? chunk : Buffer.concat([rest, chunk]);
        let start = 0;
        for (let end = bytes.indexOf(0x0a); end !== -1; end = bytes.indexOf(0x0a, start)) {
          const message = JSON.parse(bytes.toString('utf8', start, end));
          text += message.response;
          isDone = message.done;
          start = end + 1;
        }
        rest = start < bytes.length ? bytes.subarray(start) : undefined;
      });
      response.on('end', () => (isDone ? resolve(text.trim()) : reject(new Error('The answer is not whole.'))));
      response.on('error', reject);
    });
    sent.on('error', reject);
    sent.end(body);
  });
}
