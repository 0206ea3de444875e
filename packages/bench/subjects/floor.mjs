// The least that a careful user writes by hand: node:http, lines cut at 0x0A, JSON.parse, text and usage folded.
import { Agent, request } from 'node:http';

export function createSubject(url) {
  const { hostname, port } = new URL(url);
  const agent = new Agent({ keepAlive: true });
  const open = (model, onResponse, onError) => {
    const body = JSON.stringify({ model, messages: [{ role: 'user', content: 'Go.' }], stream: true });
    const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) };
    const sent = request({ agent, method: 'POST', hostname, port, path: '/api/chat', headers }, onResponse);
    sent.on('error', onError);
    sent.end(body);
    return sent;
  };
  return {
    ask: (model) =>
      new Promise((resolve, reject) => {
        const onResponse = (response) => {
          let rest;
          let text = '';
          let usage;
          response.on('data', (chunk) => {
            const bytes = rest === undefined ? chunk : Buffer.concat([rest, chunk]);
            let start = 0;
            for (let end = bytes.indexOf(0x0a); end !== -1; end = bytes.indexOf(0x0a, start)) {
              const message = JSON.parse(bytes.toString('utf8', start, end));
              text += message.message.content;
              if (message.done) usage = message.eval_count;
              start = end + 1;
            }
            rest = start < bytes.length ? bytes.subarray(start) : undefined;
          });
          response.on('end', () => resolve({ text, usage }));
          response.on('error', reject);
        };
        open(model, onResponse, reject);
      }),
    start: (model, onFirst) => {
      const onResponse = (response) => {
        response.once('data', onFirst);
        response.on('error', () => {});
      };
      const sent = open(model, onResponse, () => {});
      return () => sent.destroy();
    },
  };
}
