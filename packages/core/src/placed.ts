/** What knows its place in a list, so that it is taken out without a search. */
export interface Placed {
  /** -1 where it is in none. */
  place: number;
}

/** Takes an item out of a list that it is in; the last one takes its place. */
export function takeOut(list: Placed[], item: Placed): void {
  const last = list.pop() as Placed; // there is at least the one that goes
  last.place = item.place;
  if (last !== item) list[item.place] = last;
  item.place = -1;
}
