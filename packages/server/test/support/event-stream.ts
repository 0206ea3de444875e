// By its place: its own `source` condition would lead to TypeScript in node_modules.
import { createParser } from '../../../../node_modules/eventsource-parser/dist/index.js';

/** An event of a stream, read. */
export interface SeenEvent {
  readonly id: string | undefined;
  readonly event: string | undefined;
  // biome-ignore lint/suspicious/noExplicitAny: what is in it is what tests are about
  readonly data: any;
}

/** Reads the events of a whole stream. */
export function eventsOf(text: string): SeenEvent[] {
  const events: SeenEvent[] = [];
  const parser = createParser({
    onEvent: ({ id, event, data }) => void events.push({ id, event, data: JSON.parse(data) }),
  });
  parser.feed(text);
  return events;
}
