import { OllamaError } from '@millrace/errors';

/**
 * No answer came, or the browser keeps it from the page; which of them, it tells nobody but the developer's console.
 */
export function unanswered(where: string, cause: Error, base: URL): OllamaError {
  const hint = `Check that the server runs. If it does, the browser may keep its answer from this page: ${wayOut(base)}`;
  const message = `${where}: no answer (${cause.message || cause.name}).`;
  return new OllamaError('OLLAMA_UNREACHABLE', message, {}, { cause, hint });
}

function wayOut(base: URL): string {
  const origin = pageOrigin();
  if (origin?.startsWith('https:') && base.protocol === 'http:' && !isLoopback(base)) {
    return 'one that came over https may call a server over https only.';
  }
  return `start the server with OLLAMA_ORIGINS=${origin ?? 'ORIGIN_OF_THE_PAGE'} in its environment (CORS).`;
}

const isLoopback = ({ hostname }: URL): boolean => /^(localhost|.*\.localhost|127\..*|\[::1\])$/.test(hostname);

/** `https://app.example`; undefined where there is no page. */
export function pageOrigin(): string | undefined {
  const { location } = globalThis as { readonly location?: { readonly origin?: string } };
  return location?.origin === 'null' ? undefined : location?.origin;
}
