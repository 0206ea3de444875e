import type { Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import type { EncodedResponse } from './encode-response.ts';

/** How an encoded answer is sent. */
export interface SendOptions {
  /** Seconds after the request at which each piece is due; absent: all at once. */
  readonly pieceSeconds?: readonly number[];
  /** What an answer that was recorded broken does after its last piece. */
  readonly unfinished: 'break' | 'hold';
}

/** Sends an answer and closes the connection, as the recorded server did; a client that left ends it early. */
export async function sendResponse(socket: Socket, encoded: EncodedResponse, options: SendOptions): Promise<void> {
  const startedAt = performance.now();
  if (!options.pieceSeconds) socket.cork();
  socket.write(encoded.head);
  for (const [index, piece] of encoded.pieces.entries()) {
    const due = (options.pieceSeconds?.[index] ?? 0) * 1000;
    const wait = startedAt + due - performance.now();
    if (wait > 0) await delay(wait);
    if (socket.destroyed) return;
    socket.write(piece);
  }
  if (!options.pieceSeconds) socket.uncork();
  if (encoded.complete) socket.end();
  else if (options.unfinished === 'break') socket.destroySoon();
}
