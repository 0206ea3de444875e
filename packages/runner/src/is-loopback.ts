/** Whether a host, as written in a workflow, is this machine. */
export function isLoopback(host: string): boolean {
  try {
    const { hostname } = new URL(host.includes('://') ? host : `http://${host}`);
    return (
      hostname === 'localhost' ||
      hostname.endsWith('.localhost') ||
      hostname === '[::1]' ||
      /^127(\.\d+){3}$/.test(hostname)
    );
  } catch {
    return false;
  }
}
