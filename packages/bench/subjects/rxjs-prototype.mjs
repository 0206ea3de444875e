// What a user of RxJS would write without a client: node:http in an Observable, lines and JSON by operators, no clocks,
// no limits, no typed errors.
import { Agent, request } from 'node:http';
import { concatMap, lastValueFrom, map, Observable, reduce } from 'rxjs';

export function createSubject(url) {
  const { hostname, port } = new URL(url);
  const agent = new Agent({ keepAlive: true });
  const chat = (model) => bytesOf({ agent, hostname, port }, model).pipe(lines(), map(JSON.parse));
  return {
    ask: (model) => lastValueFrom(chat(model).pipe(reduce(fold, { text: '', usage: undefined }))),
    start: (model, onFirst) => {
      const subscription = chat(model).subscribe({ next: onFirst, error: () => {} });
      return () => subscription.unsubscribe();
    },
  };
}

function fold(answer, { message, done, eval_count }) {
  answer.text += message.content;
  if (done) answer.usage = eval_count;
  return answer;
}

const bytesOf = (target, model) =>
  new Observable((subscriber) => {
    const body = JSON.stringify({ model, messages: [{ role: 'user', content: 'Go.' }], stream: true });
    const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) };
    let ended = false;
    const sent = request({ ...target, method: 'POST', path: '/api/chat', headers }, (response) => {
      response.on('data', (chunk) => subscriber.next(chunk));
      response.on('end', () => {
        ended = true;
        subscriber.complete();
      });
      response.on('error', (error) => subscriber.error(error));
    });
    sent.on('error', (error) => subscriber.error(error));
    sent.end(body);
    return () => ended || sent.destroy();
  });

const lines = () => (source) => {
  const decoder = new TextDecoder();
  let rest = '';
  return source.pipe(
    concatMap((chunk) => {
      const parts = (rest + decoder.decode(chunk, { stream: true })).split('\n');
      rest = parts.pop();
      return parts;
    }),
  );
};
