import { isIP } from 'node:net';

/**
 * Reads a value of OLLAMA_HOST as Ollama's own client does, in any of its forms: `host`, `host:port`, `:port`,
 * `[::1]:port`, `::1`, with or without scheme, path, and name and password. An unusable port becomes the default one.
 * Addresses to bind to (`0.0.0.0`, `::`, none) become the loopback address of their kind.
 *
 * @returns A base URL for `createOllama`, which refuses it if it is none.
 */
export function hostUrl(value: string): string {
  const text = value.trim().replace(/^["'\s]+|["'\s]+$/g, '');
  if (text === 'ollama.com') return 'https://ollama.com';
  const [, scheme = 'http', address = ''] = /^(?:(.*?):\/\/)?(.*)$/s.exec(text) ?? [];
  const slash = address.indexOf('/');
  const place = slash === -1 ? address : address.slice(0, slash);
  const path = slash === -1 ? '' : address.slice(slash).replace(/\/+$/, '');
  const at = place.lastIndexOf('@') + 1;
  const { host, port } = splitPort(place.slice(at));
  return `${scheme}://${credentials(place.slice(0, at))}${dialable(host)}:${usablePort(port) ?? defaultPort(text, scheme)}${path}`;
}

/** Name and password with the `@` behind them; what would end the host of a URL, and leave the rest in sight, is encoded. */
const credentials = (text: string): string => text.replaceAll(/[?#\\]/g, encodeURIComponent);

function splitPort(place: string): { host: string; port: string } {
  if (isIP(place) === 6) return { host: place, port: '' };
  const [, bracketed, plain, port = ''] = /^(?:\[([^\]]*)\]|([^:]*))(?::(.*))?$/s.exec(place) ?? [
    undefined,
    undefined,
    place,
  ];
  return { host: bracketed ?? plain ?? '', port };
}

const usablePort = (port: string): string | undefined =>
  /^\+?\d+$/.test(port) && Number(port) <= 65535 ? String(Number(port)) : undefined;

function defaultPort(text: string, scheme: string): string {
  if (!text.includes('://')) return '11434';
  return scheme === 'https' ? '443' : scheme === 'http' ? '80' : '11434';
}

function dialable(host: string): string {
  if (host === '' || host === '0.0.0.0') return '127.0.0.1';
  if (isIP(host) === 6) return host === '::' ? '[::1]' : `[${host}]`;
  return host;
}
