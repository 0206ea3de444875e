// The server of the bench, a process of its own: raw sockets and ready-made bytes, so that the client is what is measured.
// It is started with an IPC channel, and sends its URL once it listens.
import { createServer } from 'node:net';
import { answerLines } from './answer-lines.mjs';
import { tokensOf } from './regimes.mjs';

const head = 'HTTP/1.1 200 OK\r\ncontent-type: application/x-ndjson\r\ntransfer-encoding: chunked\r\n\r\n';
const flatChunkBytes = 16 * 1024;
const trickleMs = 10;
const writesOf = new Map();
const trickling = new Set();
const cancels = { waiting: [], seen: [] };

const server = createServer({ noDelay: true }, (socket) => {
  let received = '';
  socket.setEncoding('utf8');
  socket.on('error', () => {});
  socket.on('data', (text) => {
    received += text;
    const request = takeRequest(received);
    if (request === undefined) return;
    received = '';
    answer(socket, request);
  });
});
server.listen(0, '127.0.0.1', () => process.send({ url: `http://127.0.0.1:${server.address().port}` }));
process.on('disconnect', () => process.exit());
setInterval(trickle, trickleMs).unref();

function takeRequest(text) {
  const headEnd = text.indexOf('\r\n\r\n');
  if (headEnd === -1) return undefined;
  const length = Number(/content-length: (\d+)/i.exec(text)?.[1] ?? 0);
  const isChunked = /transfer-encoding: chunked/i.test(text);
  if (isChunked ? !text.endsWith('0\r\n\r\n') : text.length < headEnd + 4 + length) return undefined;
  return { path: text.split(' ', 2)[1], model: /"model":"([^"]*)"/.exec(text)?.[1] };
}

function answer(socket, { path, model }) {
  if (path === '/cancel-seen') return answerWhenSeen(socket);
  if (model === 'before-headers') return watchForCancel(socket);
  if (model === 'mid-stream') {
    socket.write(head + frame(answerLines(model, 1)[0]));
    return watchForCancel(socket);
  }
  if (model.endsWith('-trickle')) trickling.add({ socket, writes: writesFor(model), next: 0 });
  else writeAll(socket, writesFor(model), 0);
}

function writeAll(socket, writes, start) {
  for (let index = start; index < writes.length; index += 1) {
    if (!socket.write(writes[index])) return socket.once('drain', () => writeAll(socket, writes, index + 1));
  }
}

function trickle() {
  for (const stream of trickling) {
    stream.socket.write(stream.writes[stream.next]);
    stream.next += 1;
    if (stream.next === stream.writes.length) trickling.delete(stream);
  }
}

function writesFor(model) {
  const known = writesOf.get(model);
  if (known !== undefined) return known;
  const lines = answerLines(model, tokensOf(model));
  const chunks = model.endsWith('-flat') ? cut(lines.join('')) : lines;
  const writes = chunks.map((chunk) => Buffer.from(frame(chunk)));
  writes[0] = Buffer.concat([Buffer.from(head), writes[0]]);
  writes.push(Buffer.concat([writes.pop(), Buffer.from('0\r\n\r\n')]));
  writesOf.set(model, writes);
  return writes;
}

function cut(text) {
  const bytes = Buffer.from(text);
  const count = Math.ceil(bytes.length / flatChunkBytes);
  return Array.from({ length: count }, (_, index) =>
    bytes.subarray(index * flatChunkBytes, (index + 1) * flatChunkBytes),
  );
}

function frame(chunk) {
  const bytes = Buffer.from(chunk);
  return Buffer.concat([Buffer.from(`${bytes.length.toString(16)}\r\n`), bytes, Buffer.from('\r\n')]);
}

// A client that hangs up is seen as the end, or the reset, of its socket; both clocks are the machine's monotonic one.
function watchForCancel(socket) {
  socket.once('close', () => {
    cancels.seen.push(process.hrtime.bigint());
    deliver();
  });
  cancels.waiting.push({ started: true });
  deliver();
}

// The first question after a request is answered when the request is here, the second when its socket is closed.
const questions = [];
function answerWhenSeen(socket) {
  questions.push(socket);
  deliver();
}
function deliver() {
  while (questions.length > 0) {
    const value =
      cancels.waiting.shift() ?? (cancels.seen.length > 0 ? { closedAt: String(cancels.seen.shift()) } : undefined);
    if (value === undefined) return;
    const body = JSON.stringify(value);
    questions.shift().write(`HTTP/1.1 200 OK\r\ncontent-length: ${body.length}\r\n\r\n${body}`);
  }
}
