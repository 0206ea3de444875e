import { BlockList, isIP } from 'node:net';
import type { Environment } from './options-from.ts';

/**
 * The proxy that the environment names for a server, by the rules of curl: HTTPS_PROXY or HTTP_PROXY by the scheme of
 * the server, else ALL_PROXY; lower case goes first; NO_PROXY makes exceptions. Never one for a loopback address.
 */
export function proxyFrom(environment: Environment, baseUrl: string): string | undefined {
  if (!URL.canParse(baseUrl)) return undefined;
  const url = new URL(baseUrl);
  const name = url.protocol === 'https:' ? 'https_proxy' : 'http_proxy';
  const proxy = read(environment, name) || read(environment, 'all_proxy');
  if (proxy === '' || isLoopback(url.hostname) || isExcepted(read(environment, 'no_proxy'), url)) return undefined;
  return proxy;
}

const read = (environment: Environment, name: string): string =>
  (environment[name]?.trim() || environment[name.toUpperCase()]?.trim()) ?? '';

const loopback = new BlockList();
loopback.addSubnet('127.0.0.0', 8, 'ipv4');
loopback.addAddress('::1', 'ipv6');

function isLoopback(hostname: string): boolean {
  const host = bare(hostname);
  return host === 'localhost' || host.endsWith('.localhost') || isIn(loopback, host);
}

const bare = (hostname: string): string =>
  hostname
    .replace(/^\[(.*)\]$/, '$1')
    .replace(/\.$/, '')
    .toLowerCase();

function isIn(list: BlockList, host: string): boolean {
  const family = isIP(host);
  return family !== 0 && list.check(host, family === 6 ? 'ipv6' : 'ipv4');
}

function isExcepted(noProxy: string, url: URL): boolean {
  const port = url.port || (url.protocol === 'https:' ? '443' : '80');
  return noProxy.split(/[\s,]+/).some((entry) => entry !== '' && fits(entry.toLowerCase(), bare(url.hostname), port));
}

// `*`, a name with all below it (`example.com`, `.example.com`, `*.example.com`), an address, a range, each with a port or not.
function fits(entry: string, host: string, port: string): boolean {
  if (entry === '*') return true;
  if (entry.includes('/')) return isInRange(entry, host);
  if (isIP(entry) !== 0) return sameAddress(entry, host);
  const [, place = entry, wanted = port] = /^(.*?)(?::(\d+))?$/.exec(entry) ?? [];
  if (wanted !== port) return false;
  if (isIP(bare(place)) !== 0) return sameAddress(bare(place), host);
  if (isIP(host) !== 0) return false;
  const name = place.replace(/^\*?\./, '').replace(/\.$/, '');
  return name !== '' && (host === name || host.endsWith(`.${name}`));
}

function sameAddress(one: string, other: string): boolean {
  const list = new BlockList();
  list.addAddress(one, isIP(one) === 6 ? 'ipv6' : 'ipv4');
  return isIn(list, other);
}

function isInRange(entry: string, host: string): boolean {
  const [address = '', bits = ''] = entry.split('/');
  const family = isIP(address);
  if (family === 0 || !/^\d+$/.test(bits) || Number(bits) > (family === 6 ? 128 : 32)) return false;
  const list = new BlockList();
  list.addSubnet(address, Number(bits), family === 6 ? 'ipv6' : 'ipv4');
  return isIn(list, host);
}
