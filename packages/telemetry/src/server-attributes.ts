import type { Attributes } from '@opentelemetry/api';
import { names } from './attribute-names.ts';

/** Where a host is. @param host Its base URL. */
export function serverAttributes(host: string): Attributes {
  if (!URL.canParse(host)) return {};
  const { hostname, port, protocol } = new URL(host);
  return {
    [names.serverAddress]: hostname.replaceAll(/^\[|\]$/g, ''),
    [names.serverPort]: port === '' ? (protocol === 'https:' ? 443 : 80) : Number(port),
  };
}
