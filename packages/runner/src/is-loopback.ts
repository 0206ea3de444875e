import { hostUrl } from '@millrace/core';

/** Whether a host, in any form that OLLAMA_HOST takes, is this machine. */
export function isLoopback(host: string): boolean {
  if (!URL.canParse(hostUrl(host))) return false;
  const { hostname } = new URL(hostUrl(host));
  return (
    hostname === 'localhost' ||
    hostname.endsWith('.localhost') ||
    hostname === '[::1]' ||
    /^127(\.\d+){3}$/.test(hostname)
  );
}
