import { lookup } from 'node:dns/promises';
import { BlockList, isIP } from 'node:net';
import { MillraceError } from '@millrace/errors';

/** Where a server listens. */
export interface ListenAddress {
  /** A name or an address, IPv6 with or without brackets. */
  readonly host: string;
  /** 0 for a free one. */
  readonly port: number;
}

/**
 * Refuses to be reached from elsewhere without a token.
 *
 * @throws {MillraceError} `USAGE_INVALID`.
 */
export async function checkAddress({ host, port }: ListenAddress, token: string | undefined): Promise<void> {
  if (token !== undefined && !/^[\x21-\x7e]+$/.test(token)) {
    throw new MillraceError('USAGE_INVALID', 'The token is empty, or has characters that no header can carry.', {
      hint: 'Take one of letters and digits, such as the output of `openssl rand -hex 32`.',
    });
  }
  if (bare(host) === '' || !Number.isInteger(port) || port < 0 || port > 65_535) {
    throw new MillraceError('USAGE_INVALID', `\`${host}:${port}\` is nowhere to listen.`, {
      hint: 'Name an address and a port from 0 to 65535, such as `127.0.0.1:7373`.',
    });
  }
  if (token === undefined && !(await isNear(bare(host)))) {
    throw new MillraceError('USAGE_INVALID', `\`${host}\` can be reached from other machines, and there is no token.`, {
      hint: 'Give a token that every request has to carry, or listen on 127.0.0.1.',
    });
  }
}

/** A host as it stands in a URL. */
export const bracketed = (host: string): string => (isIP(host) === 6 ? `[${host}]` : host);

/** Without brackets, as the system wants it. */
export const bare = (host: string): string => host.replace(/^\[(.*)\]$/, '$1');

const loopback = new BlockList();
loopback.addSubnet('127.0.0.0', 8);
loopback.addAddress('::1', 'ipv6');

/** Whether all that a name stands for is this machine; one that stands for nothing is told by the attempt to listen there. */
async function isNear(host: string): Promise<boolean> {
  const found = isIP(host) === 0 ? await lookup(host, { all: true }).catch(() => []) : [{ address: host }];
  return found.every(({ address }) => loopback.check(address, isIP(address) === 6 ? 'ipv6' : 'ipv4'));
}
