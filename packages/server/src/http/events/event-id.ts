/** A place in the events of a run. */
export interface EventPlace {
  /** The sequence of the last row that ended before it; -1 where none did. */
  readonly after: number;
  /** The end of the run was seen there. */
  readonly isEnd: boolean;
}

/** What `after` and `Last-Event-ID` may be: the id of an event. */
export const eventIdPattern = '^(-1|[0-9]{1,15})(-end)?$';

/** Writes a place as the id of an event. */
export const eventId = ({ after, isEnd }: EventPlace): string => (isEnd ? `${after}-end` : String(after));

/** Reads the id of an event; undefined where it is none. */
export function readEventId(id: string): EventPlace | undefined {
  const [, sequence, end] = new RegExp(eventIdPattern).exec(id) ?? [];
  return sequence === undefined ? undefined : { after: Number(sequence), isEnd: end !== undefined };
}
