import { OllamaError } from '@millrace/errors';

/**
 * Time limits of one call, in milliseconds; 0 is none. They count only while the call is subscribed to. None of them is
 * a limit on the length of an answer, except `totalMs`.
 */
export interface Clocks {
  /** From subscribing to an open connection, proxy and TLS included. Default: 10 s. */
  readonly connectMs?: number | undefined;
  /**
   * From the open connection to the first byte of the answer's body. Default: 30 min, which is meant: a request waits in
   * the server's queue, a cold load of a large model takes minutes, and only then comes the first byte. Each piece of an
   * upload starts it again.
   */
  readonly firstByteMs?: number | undefined;
  /**
   * Longest silence between two pieces of the answer, ended up to an eighth later. Default: 2 min. A tool call is silent
   * while it is written.
   */
  readonly idleMs?: number | undefined;
  /** From subscribing to the end of the answer. Default: none. */
  readonly totalMs?: number | undefined;
}

/** Every limit, with its default in. */
export type ClockLimits = { readonly [Name in keyof Clocks]-?: number };

/** The defaults of `Clocks`. */
export const defaultClocks: ClockLimits = { connectMs: 10_000, firstByteMs: 1_800_000, idleMs: 120_000, totalMs: 0 };

/** Fills in what is absent; an explicit `undefined` counts as absent. */
export function clockLimits(clocks: Clocks = {}, absent: ClockLimits = defaultClocks): ClockLimits {
  return {
    connectMs: clocks.connectMs ?? absent.connectMs,
    firstByteMs: clocks.firstByteMs ?? absent.firstByteMs,
    idleMs: clocks.idleMs ?? absent.idleMs,
    totalMs: clocks.totalMs ?? absent.totalMs,
  };
}

/** The error of a limit that passed. */
export function timedOut(where: string, name: keyof Clocks, limits: ClockLimits): OllamaError {
  const limit = `${limits[name]} ms (${name})`;
  const sentences: { readonly [Name in keyof Clocks]-?: string } = {
    connectMs: `${where}: no connection within ${limit}.`,
    firstByteMs: `${where}: no first byte of the answer within ${limit}.`,
    idleMs: `${where}: the answer fell silent for ${limit}.`,
    totalMs: `${where}: the answer was not complete within ${limit}.`,
  };
  const hint = `Raise \`${name}\`${name === 'connectMs' ? ', or check the address.' : ', or use a smaller model.'}`;
  const retry = name === 'connectMs' ? ('unreachable' as const) : undefined;
  return new OllamaError('TIMED_OUT', sentences[name], { kind: name }, { hint, retry });
}
