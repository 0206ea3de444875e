import type { RunEvent } from '@millrace/runner';
import { type Context, context, diag, type Tracer, type TracerProvider, trace } from '@opentelemetry/api';
import { defer, identity, type MonoTypeOperatorFunction, tap } from 'rxjs';
import { schemaUrl } from './attribute-names.ts';
import { createRunTrace } from './run-trace.ts';
import { spanClock } from './span-clock.ts';
import { spansOf } from './spans.ts';
import { version } from './version.ts';

/** How the spans of a run are made. */
export interface TraceOptions {
  /** Default: that of the SDK that has been registered; where none has, no spans are made. */
  readonly tracer?: Tracer | undefined;
  /** Milliseconds since 1970. Default: the clock, to parts of one. */
  readonly now?: (() => number) | undefined;
  /** What the run is a part of. Default: what is active when the events are subscribed to. */
  readonly parent?: Context | undefined;
}

/**
 * Makes spans for a run, its rows, their steps and the calls of models, from its events, which pass unchanged. Run it with `calls: true`: without
 * it nothing is known of calls.
 *
 * Each span ends: with what it stands for, or with the run, its error, or the end of the subscription. Whatever goes wrong in the SDK is told to
 * its `diag`, and not to the run.
 *
 * @returns `identity` where no SDK has been registered.
 * @see docs/telemetry.md
 */
export function traceRun({
  tracer = registeredTracer(),
  now = spanClock(),
  parent,
}: TraceOptions = {}): MonoTypeOperatorFunction<RunEvent> {
  if (!tracer) return identity;
  const start = spansOf(tracer, now);
  return (events) =>
    defer(() => {
      const run = createRunTrace(start, parent ?? context.active());
      return events.pipe(
        tap({
          next: (event) => harmless(() => run.note(event)),
          error: (error: unknown) => harmless(() => run.close('failed', codeOf(error))),
          finalize: () => harmless(() => run.close('cancelled')),
        }),
      );
    });
}

/** Undefined while nobody has registered an SDK. */
function registeredTracer(): Tracer | undefined {
  const provider: TracerProvider & { getDelegateTracer?: TracerProvider['getTracer'] } = trace.getTracerProvider();
  // What the API registers stands for the provider of the SDK. By its shape: the SDK may come with another copy of the API.
  const isOff = provider.getDelegateTracer && !provider.getDelegateTracer('@millrace/telemetry');
  return isOff ? undefined : provider.getTracer('@millrace/telemetry', version, { schemaUrl });
}

/** What observes a run must not end it. */
function harmless(action: () => void): void {
  try {
    action();
  } catch (error) {
    diag.error('Millrace could not make a span of a run.', error);
  }
}

/** By its shape: the runner may come with another copy of the errors. */
function codeOf(error: unknown): string {
  const { code } = (error ?? {}) as { readonly code?: unknown };
  return typeof code === 'string' ? code : 'INTERNAL';
}
