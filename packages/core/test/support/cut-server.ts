import { bytesOf, type Transcript, transcriptHeader } from '@millrace/testing';
import { onRequest, type RawServer, startRawServer } from './raw-server.ts';

/** A server that answers with recorded bytes, in HTTP chunks of `cut` bytes. */
export interface CutServer extends RawServer {
  /** May be changed between two calls. */
  cut: number;
}

/**
 * Starts it. The transcript is chosen by its name in the header `x-transcript`. Connections are kept, for tens of
 * thousands of requests; a recording that broke off breaks off. A blob to be sent is not there yet.
 */
export async function startCutServer(transcripts: readonly Transcript[]): Promise<CutServer> {
  const byName = new Map(transcripts.map((one) => [one.name, one]));
  const server: CutServer = Object.assign(
    await startRawServer((socket) => {
      socket.setNoDelay(true);
      onRequest(socket, (text) => {
        const name = new RegExp(`${transcriptHeader}: (\\S+)`, 'i').exec(text)?.[1] ?? '';
        const transcript = byName.get(name) as Transcript;
        if (text.startsWith('HEAD') && transcript.request.method === 'POST') return void socket.write(missing);
        socket.write(headOf(transcript));
        if (!text.startsWith('HEAD')) socket.write(inChunks(bytesOf(transcript), server.cut));
        if (transcript.response.ended !== 'complete') socket.destroySoon();
        else if (!text.startsWith('HEAD')) socket.write('0\r\n\r\n');
      });
    }),
    { cut: 1 },
  );
  return server;
}

const missing = 'HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\n\r\n';

function headOf({ response }: Transcript): string {
  const type = response.headers['content-type'];
  const lines = [`HTTP/1.1 ${response.status} Status`, 'transfer-encoding: chunked'];
  return [...lines, ...(type === undefined ? [] : [`content-type: ${type}`]), '', ''].join('\r\n');
}

function inChunks(bytes: Buffer, cut: number): Buffer {
  const head = Buffer.from(`${cut.toString(16)}\r\n`);
  const size = head.length + cut + 2;
  const whole = Math.floor(bytes.length / cut);
  const all = Buffer.alloc(whole * size);
  for (let index = 0; index < whole; index += 1) {
    const at = index * size;
    head.copy(all, at);
    bytes.copy(all, at + head.length, index * cut, (index + 1) * cut);
    all.write('\r\n', at + size - 2);
  }
  const rest = bytes.subarray(whole * cut);
  if (rest.length === 0) return all;
  return Buffer.concat([all, Buffer.from(`${rest.length.toString(16)}\r\n`), rest, Buffer.from('\r\n')]);
}
