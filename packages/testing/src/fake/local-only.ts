import type { IncomingHttpHeaders } from 'node:http';
import { isLocalOrigin } from '../cors.ts';

const localHost =
  /^(localhost|127\.\d+\.\d+\.\d+|\[::1\]|10\.[\d.]+|192\.168\.[\d.]+|[^:]+\.(localhost|local|internal))?(:\d+)?$/i;

/** Whether a real server that listens on loopback would let a request in; else it answers 403 with an empty body. */
export function isLocal({ host = '', origin }: IncomingHttpHeaders): boolean {
  return localHost.test(host) && (origin === undefined || isLocalOrigin(origin));
}
