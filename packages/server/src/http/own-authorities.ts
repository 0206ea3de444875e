import { hostname, networkInterfaces } from 'node:os';
import { bare, bracketed, type ListenAddress } from './listen-address.ts';

const wildcards = ['0.0.0.0', '::'];

/**
 * Tells whether a `Host` header names a server: a page of another name that was made to point here (DNS rebinding) is none of its own.
 *
 * @param names Others than that it listens on, such as that of a proxy in front of it: with a port, or without one for any.
 */
export function ownAuthorities(
  { host, port }: ListenAddress,
  names: readonly string[],
): (authority: string) => boolean {
  const own = ['localhost', '127.0.0.1', '[::1]', bracketed(bare(host))];
  if (wildcards.includes(bare(host))) own.push(hostname(), ...addressesOfMachine());
  const all = [...own.map((name) => `${name}:${port}`), ...names].map((name) => name.toLowerCase());
  const exact = new Set(all.filter(hasPort));
  const withAnyPort = new Set(all.filter((name) => !hasPort(name)));
  return (authority) => {
    const name = authority.toLowerCase();
    const alone = name.replace(/:\d+$/, '');
    return exact.has(hasPort(name) ? name : `${name}:80`) || (!hasPort(alone) && withAnyPort.has(alone));
  };
}

const hasPort = (authority: string): boolean => /:\d+$/.test(authority);

const addressesOfMachine = (): readonly string[] =>
  Object.values(networkInterfaces()).flatMap((list) => (list ?? []).map(({ address }) => bracketed(address)));
