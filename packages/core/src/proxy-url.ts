import { MillraceError } from '@millrace/errors';

/** A proxy between this machine and the server. */
export interface HttpProxy {
  /** As error messages name it: without name and password. */
  readonly shown: string;
  readonly secure: boolean;
  readonly host: string;
  readonly port: number;
  /** The header that the proxy wants, where its URL has a name or password. */
  readonly authorization: string | undefined;
}

/**
 * Reads the URL of a proxy; without a scheme it is http.
 *
 * @throws {MillraceError} `OLLAMA_UNREACHABLE`, not retryable, for what is no http or https URL; the message does not repeat
 *   it, for it may hold a password.
 */
export function parseProxyUrl(text: string): HttpProxy {
  const whole = text.includes('://') ? text : `http://${text}`;
  const url = URL.canParse(whole) ? new URL(whole) : undefined;
  if (url === undefined || (url.protocol !== 'http:' && url.protocol !== 'https:')) throw noProxy(url?.protocol);
  const secure = url.protocol === 'https:';
  return {
    shown: url.origin,
    secure,
    host: url.hostname.replace(/^\[(.*)\]$/, '$1'),
    port: Number(url.port || (secure ? 443 : 80)),
    authorization: url.username === '' && url.password === '' ? undefined : basic(url),
  };
}

function basic({ username, password }: URL): string {
  return `Basic ${Buffer.from(`${decode(username)}:${decode(password)}`).toString('base64')}`;
}

// A lone `%` in a password is meant as it stands.
function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function noProxy(protocol: string | undefined): MillraceError {
  const why = protocol === undefined ? 'is no URL' : `speaks ${protocol.replace(/:$/, '')}, which is not supported`;
  return new MillraceError('OLLAMA_UNREACHABLE', `The URL of the proxy ${why}.`, {
    hint: 'Write it with scheme, host and port: `http://proxy.example:3128`; look at HTTPS_PROXY, HTTP_PROXY and ALL_PROXY.',
    retry: null,
  });
}
