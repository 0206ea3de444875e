import { STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { type Fault, findFault } from './faults.ts';
import type { Headers, Wire } from './wire.ts';

/** Whether a fault concerns how the bytes travel rather than what they say. */
export function isWireFault(fault: Fault): boolean {
  if (fault.kind === 'reset') return fault.afterBytes !== undefined;
  return fault.kind === 'chunks' || fault.kind === 'slow-headers' || fault.kind === 'content-type';
}

/**
 * Sends an answer by hand over the socket: headers drop by drop, a body cut at any byte, a reset in the middle of a
 * character. What is written waits in line, so that order holds however slow it goes; the connection closes after it.
 */
export function faultyWire(socket: Socket, faults: readonly Fault[]): Wire {
  const chunks = findFault(faults, 'chunks');
  const slow = findFault(faults, 'slow-headers');
  const type = findFault(faults, 'content-type')?.value;
  let left = faults.find((one) => one.kind === 'reset' && one.afterBytes !== undefined) as
    | { afterBytes: number }
    | undefined;
  let line = Promise.resolve();
  let chunked = false;
  let broken = false;

  const enqueue = (task: () => Promise<void> | void) => {
    line = line.then(() => (socket.destroyed || broken ? undefined : task()));
  };

  async function sendHead(status: number, headers: Headers): Promise<void> {
    const bytes = encodeHead(status, headers);
    if (!slow) return void socket.write(bytes);
    const steps = Math.min(bytes.length, 20);
    const size = Math.ceil(bytes.length / steps);
    for (let at = 0; at < bytes.length && !socket.destroyed; at += size) {
      socket.write(bytes.subarray(at, at + size));
      await delay(slow.ms / steps);
    }
  }

  async function sendBody(bytes: Buffer): Promise<void> {
    const size = chunks?.bytes ?? Math.max(1, bytes.length);
    for (let at = 0; at < bytes.length && !socket.destroyed; at += size) {
      const piece = bytes.subarray(at, at + size);
      if (left && piece.length >= left.afterBytes) return breakAfter(piece.subarray(0, left.afterBytes));
      if (left) left = { afterBytes: left.afterBytes - piece.length };
      socket.write(chunked ? asChunk(piece) : piece);
      if (chunks?.ms) await delay(chunks.ms);
    }
  }

  /** The chunk's header promises more than comes. */
  function breakAfter(piece: Buffer): void {
    broken = true;
    const bytes = chunked ? Buffer.concat([Buffer.from(`${(piece.length + 1).toString(16)}\r\n`), piece]) : piece;
    socket.write(bytes, () => socket.resetAndDestroy());
  }

  return {
    head(status, given) {
      const headers: Record<string, string> = { ...given };
      if (type !== undefined) headers['content-type'] = type;
      if (chunks && headers['content-length'] !== '0') delete headers['content-length'];
      chunked = headers['content-length'] === undefined;
      if (chunked) headers['transfer-encoding'] = 'chunked';
      headers.connection = 'close';
      enqueue(() => sendHead(status, headers));
    },
    write: (text) => enqueue(() => sendBody(Buffer.from(text))),
    end(text) {
      enqueue(() => sendBody(Buffer.from(text)));
      enqueue(() => void socket.end(chunked ? '0\r\n\r\n' : ''));
    },
  };
}

function encodeHead(status: number, headers: Headers): Buffer {
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  return Buffer.from(`HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}\r\n${lines.join('')}\r\n`, 'latin1');
}

function asChunk(bytes: Buffer): Buffer {
  return Buffer.concat([Buffer.from(`${bytes.length.toString(16)}\r\n`), bytes, Buffer.from('\r\n')]);
}
