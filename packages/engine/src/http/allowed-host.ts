import { BlockList, isIP } from 'node:net';
import { hostname, networkInterfaces } from 'node:os';

const near = new BlockList();
near.addSubnet('127.0.0.0', 8);
near.addSubnet('10.0.0.0', 8);
near.addSubnet('172.16.0.0', 12);
near.addSubnet('192.168.0.0', 16);
near.addAddress('0.0.0.0');
near.addAddress('::', 'ipv6');
near.addAddress('::1', 'ipv6');
near.addSubnet('fc00::', 7, 'ipv6');

/**
 * Whether a Host header names this machine: a page from elsewhere whose name was made to point here is refused
 * (DNS rebinding).
 */
export function isAllowedHost(header: string | undefined): boolean {
  const host = withoutPort(header ?? '').toLowerCase();
  const version = isIP(host);
  if (version !== 0) return near.check(host, version === 6 ? 'ipv6' : 'ipv4') || isOwnAddress(host);
  return (
    host === '' ||
    host === 'localhost' ||
    host === hostname().toLowerCase() ||
    /\.(localhost|local|internal)$/.test(host)
  );
}

function withoutPort(header: string): string {
  const [, bracketed, plain] = /^(?:\[([^\]]*)\]|([^:]*))(?::\d*)?$/.exec(header) ?? [];
  return bracketed ?? plain ?? header;
}

function isOwnAddress(address: string): boolean {
  return Object.values(networkInterfaces()).some((list) => list?.some((own) => own.address === address));
}
