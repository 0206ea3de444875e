import { isMillraceError, MillraceError, OllamaError } from '@millrace/errors';
import { detailsOf } from './sign-of-life.ts';

/** No host of the pool may be asked. */
export function noHost(urls: readonly string[]): MillraceError {
  if (urls.length === 0)
    return new MillraceError('HOST_MISSING', 'A pool of no hosts.', { hint: 'Name one at least.' });
  const hint = 'Let one take calls again: `pool.resume(host)`.';
  return new MillraceError('HOST_MISSING', `Each host that may be asked is drained: ${urls.join(', ')}.`, { hint });
}

/** A host was named that is none of the pool's. */
export function unknownHost(named: string, urls: readonly string[]): MillraceError {
  const hint = `Its hosts are ${urls.join(', ')}.`;
  return new MillraceError('HOST_MISSING', `The pool has no host \`${named}\`.`, { hint });
}

/** A call was made, or waited, when the pool was closed. */
export const poolClosed = (): MillraceError =>
  new MillraceError('OLLAMA_UNREACHABLE', 'The pool was closed.', { hint: 'Create another.', retry: null });

/** Several hosts failed with one call: the errors in one, under the code that says best whether to make the call again. */
export function allFailed(errors: readonly unknown[], did: string): unknown {
  const [first] = errors;
  if (errors.length === 1) return first;
  const telling = errors.find(isBusy) ?? errors.find(isRetryable) ?? errors.at(-1);
  if (!isMillraceError(telling)) return telling;
  const { code, hint, retry } = telling;
  const messages = errors.map((error) => (error instanceof Error ? error.message : String(error)));
  const options = { cause: telling, hint, retry };
  return new OllamaError(code, `${errors.length} hosts ${did}: ${messages.join(' | ')}`, detailsOf(telling), options);
}

const isBusy = (error: unknown): boolean => isMillraceError(error) && error.code === 'OLLAMA_BUSY';
const isRetryable = (error: unknown): boolean => isMillraceError(error) && error.retryable;
