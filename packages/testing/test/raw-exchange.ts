import { connect } from 'node:net';

/** What came back over a raw socket, unframed by hand. */
export interface RawAnswer {
  readonly status: number;
  /** In the order of the wire. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
  readonly chunkSizes: readonly number[];
  /** Whether a chunked body had its last chunk; true for others. */
  readonly terminated: boolean;
}

/** Sends one request over a socket of its own and reads until the server closes. */
export async function rawExchange(
  url: string,
  request: { method: string; path: string; headers?: Readonly<Record<string, string>>; body?: string | undefined },
): Promise<RawAnswer> {
  const { hostname, port, host } = new URL(url);
  const body = Buffer.from(request.body ?? '');
  const headers = { Host: host, ...request.headers, 'Content-Length': String(body.length) };
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  const socket = connect(Number(port), hostname);
  socket.write(
    Buffer.concat([Buffer.from(`${request.method} ${request.path} HTTP/1.1\r\n${lines.join('')}\r\n`), body]),
  );
  const parts: Buffer[] = [];
  for await (const part of socket) parts.push(part as Buffer);
  return parse(Buffer.concat(parts));
}

function parse(bytes: Buffer): RawAnswer {
  const end = bytes.indexOf('\r\n\r\n');
  const [first = '', ...rest] = bytes.subarray(0, end).toString('latin1').split('\r\n');
  const headers = Object.fromEntries(
    rest.map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 2)]),
  );
  const raw = bytes.subarray(end + 4);
  const status = Number(first.split(' ')[1]);
  if (headers['transfer-encoding'] !== 'chunked')
    return { status, headers, body: raw, chunkSizes: [], terminated: true };
  return { status, headers, ...unchunk(raw) };
}

function unchunk(raw: Buffer): { body: Buffer; chunkSizes: number[]; terminated: boolean } {
  const parts: Buffer[] = [];
  let at = 0;
  while (at < raw.length) {
    const lineEnd = raw.indexOf('\r\n', at);
    const size = Number.parseInt(raw.subarray(at, lineEnd).toString('latin1'), 16);
    if (size === 0)
      return { body: Buffer.concat(parts), chunkSizes: parts.map((part) => part.length), terminated: true };
    parts.push(raw.subarray(lineEnd + 2, lineEnd + 2 + size));
    at = lineEnd + 2 + size + 2;
  }
  return { body: Buffer.concat(parts), chunkSizes: parts.map((part) => part.length), terminated: false };
}
