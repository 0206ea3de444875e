import {
  type Attributes,
  type Context,
  type HrTime,
  SpanKind,
  SpanStatusCode,
  type Tracer,
  trace,
} from '@opentelemetry/api';
import { names } from './attribute-names.ts';

/** A span that has begun. */
export interface OpenSpan {
  /** What its children are begun in. */
  readonly context: Context;
  /** Something happened in it. */
  note(name: string, attributes: Attributes): void;
  /** @param error The code of the error that it ended with. Never its message, which may quote rows and answers. */
  end(attributes: Attributes, error?: string): void;
}

/** Begins a span. */
export type StartSpan = (name: string, attributes: Attributes, parent: Context, kind?: SpanKind) => OpenSpan;

/** @param now Milliseconds since 1970. */
export function spansOf(tracer: Tracer, now: () => number): StartSpan {
  const time = (): HrTime => hrTimeOf(now());
  return (name, attributes, parent, kind = SpanKind.INTERNAL) => {
    const span = tracer.startSpan(name, { kind, attributes, startTime: time() }, parent);
    return {
      context: trace.setSpan(parent, span),
      note: (event, facts) => void span.addEvent(event, facts, time()),
      end: (facts, error) => {
        span.setAttributes(facts);
        if (error !== undefined) span.setAttribute(names.errorType, error).setStatus({ code: SpanStatusCode.ERROR });
        span.end(time());
      },
    };
  };
}

/** A number alone would be taken for the time since the process began where it is small. */
const hrTimeOf = (ms: number): HrTime => [Math.floor(ms / 1000), Math.round((ms % 1000) * 1e6)];
