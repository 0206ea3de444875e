import type { Attributes, Tracer } from '@opentelemetry/api';
import { BasicTracerProvider, type ReadableSpan, type SpanProcessor } from '@opentelemetry/sdk-trace-base';

/** Every span that a tracer made. */
export interface Recorder {
  readonly tracer: Tracer;
  /** Those that have ended, in that order. */
  readonly ended: readonly ReadableSpan[];
  /** Those that have begun and not ended, now and at the most. */
  readonly open: () => number;
  readonly mostOpen: () => number;
}

/** Keeps the spans, and what must never happen: one that ends twice is told as an error. */
export function recorder(): Recorder {
  const open = new Set<string>();
  const ended: ReadableSpan[] = [];
  let most = 0;
  const keeper: SpanProcessor = {
    onStart: (span) => {
      open.add(span.spanContext().spanId);
      most = Math.max(most, open.size);
    },
    onEnd: (span) => {
      if (!open.delete(span.spanContext().spanId)) throw new Error(`${span.name} ended twice`);
      ended.push(span);
    },
    forceFlush: async () => {},
    shutdown: async () => {},
  };
  const provider = new BasicTracerProvider({ spanProcessors: [keeper] });
  return { tracer: provider.getTracer('test'), ended, open: () => open.size, mostOpen: () => most };
}

/** A span, by what the tests look at. */
export interface Seen {
  readonly name: string;
  readonly attributes: Attributes;
  readonly isError: boolean;
  readonly parent: Seen | undefined;
  readonly children: readonly Seen[];
  readonly span: ReadableSpan;
}

/** The spans as a tree; without an order between children but that in which they began. */
export function treeOf(spans: readonly ReadableSpan[]): Seen[] {
  const begun = spans.toSorted((one, other) => timeOf(one.startTime) - timeOf(other.startTime));
  const byId = new Map(
    begun.map((span) => {
      const seen = { name: span.name, attributes: span.attributes, isError: span.status.code === 2, span };
      return [span.spanContext().spanId, { ...seen, parent: undefined as Seen | undefined, children: [] as Seen[] }];
    }),
  );
  for (const seen of byId.values()) {
    const parent = byId.get(seen.span.parentSpanContext?.spanId ?? '');
    seen.parent = parent;
    parent?.children.push(seen);
  }
  return [...byId.values()];
}

/** In milliseconds. */
export const timeOf = ([seconds, nanos]: ReadableSpan['startTime']): number => seconds * 1000 + nanos / 1e6;

/** Those of a sort: `run`, `load`, `row`, `group`, `step`, `call`. */
export const sorted = (seen: readonly Seen[], sort: string): Seen[] => seen.filter((one) => sortOf(one) === sort);

/** What kind of span it is, by its name. */
export function sortOf({ name }: Pick<Seen, 'name'>): string {
  if (name.startsWith('millrace.run ')) return 'run';
  if (name.startsWith('load ')) return 'load';
  return ['row', 'group', 'step'].includes(name) ? name : 'call';
}

/** From a span up to the run. */
export const pathOf = (seen: Seen): string[] => [...(seen.parent ? pathOf(seen.parent) : []), sortOf(seen)];
