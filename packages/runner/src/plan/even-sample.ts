/** Some of many, spread evenly over their order, while they come one by one and nobody knows how many there will be. */
export interface EvenSample<Item> {
  offer(item: Item): void;
  /** In the order in which they came. */
  items(): readonly Item[];
}

/** Keeps every item, then every second, every fourth …, and never more than twice as many as are wanted. */
export function createEvenSample<Item>(size: number): EvenSample<Item> {
  let kept: Item[] = [];
  let step = 1;
  let seen = 0;
  return {
    offer: (item) => {
      if (size === 0) return;
      if (seen++ % step === 0) kept.push(item);
      if (kept.length <= 2 * size) return;
      kept = kept.filter((_, index) => index % 2 === 0);
      step *= 2;
    },
    items: () => {
      if (kept.length <= size) return kept;
      // From the middle of each part, so that neither end counts more than the other.
      return Array.from({ length: size }, (_, part) => kept[Math.floor(((part + 0.5) * kept.length) / size)] as Item);
    },
  };
}
