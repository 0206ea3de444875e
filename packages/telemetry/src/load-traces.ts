import type { ModelLoad } from '@millrace/runner';
import { type Context, SpanKind } from '@opentelemetry/api';
import { names } from './attribute-names.ts';
import { serverAttributes } from './server-attributes.ts';
import type { OpenSpan, StartSpan } from './spans.ts';

/** The spans of loads. */
export interface LoadTraces {
  note(event: ModelLoad): void;
  /** Ends all that are left. */
  cancel(): void;
}

/** @param parent Of the run. */
export function createLoadTraces(start: StartSpan, parent: Context): LoadTraces {
  const loads = new Map<string, OpenSpan>();
  const end = (id: string): void => {
    const load = loads.get(id);
    loads.delete(id);
    load?.end({});
  };
  return {
    note: ({ host, model, window, ms }) => {
      const id = `${host} ${model}`;
      end(id);
      if (ms !== undefined) return;
      const size = window === undefined ? {} : { [names.loadWindow]: window };
      const attributes = { [names.loadModel]: model, ...size, ...serverAttributes(host) };
      loads.set(id, start(`load ${model}`, attributes, parent, SpanKind.CLIENT));
    },
    cancel: () => {
      for (const id of loads.keys()) end(id);
    },
  };
}
