import { type Context, context, createTraceState, isSpanContextValid, TraceFlags, trace } from '@opentelemetry/api';

/** A `traceparent` of the W3C: version, trace, span, flags, and what later versions may add. */
const traceparent = /^([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?$/;

/**
 * What a process is a part of, as whoever started it says in `TRACEPARENT` and `TRACESTATE`.
 *
 * @returns The active context where there is a span in it already, or the variables say nothing that can be understood.
 * @see https://www.w3.org/TR/trace-context/
 */
export function parentFrom(env: Readonly<Record<string, string | undefined>>): Context {
  const active = context.active();
  if (trace.getSpan(active)) return active;
  const { TRACEPARENT = '', TRACESTATE = '' } = env;
  const [, format, traceId = '', spanId = '', flags = '', more] = traceparent.exec(TRACEPARENT.trim()) ?? [];
  const isKnown = format === '00' ? more === undefined : format !== 'ff';
  const parent = { traceId, spanId, traceFlags: Number.parseInt(flags, 16) & TraceFlags.SAMPLED, isRemote: true };
  if (!isKnown || !isSpanContextValid(parent)) return active;
  const traceState = TRACESTATE === '' ? {} : { traceState: createTraceState(TRACESTATE) };
  return trace.setSpanContext(active, { ...parent, ...traceState });
}
