/** A choice of some of many, each as likely as any other, while they come one by one. */
export interface Reservoir<Item> {
  offer(item: Item): void;
  /** What is chosen of those that came, in no order. */
  items(): readonly Item[];
}

/**
 * Keeps `size` of all items that it is offered: the same ones for the same seed.
 *
 * @see Li, "Reservoir-Sampling Algorithms of Time Complexity O(n(1 + log(N/n)))", 1994: algorithm L draws numbers only for what it keeps.
 */
export function createReservoir<Item>(size: number, seed: number): Reservoir<Item> {
  const random = createRandom(seed);
  const items: Item[] = [];
  let seen = 0;
  let weight = 1;
  let next = 0;
  const skip = (): void => {
    weight *= Math.exp(Math.log(random()) / size);
    next += Math.floor(Math.log(random()) / Math.log1p(-weight)) + 1;
  };
  return {
    offer: (item) => {
      const index = seen++;
      if (index < size) {
        items.push(item);
        next = index;
        if (index === size - 1) skip();
      } else if (index === next && size > 0) {
        items[Math.floor(random() * size)] = item;
        skip();
      }
    },
    items: () => items,
  };
}

/** Numbers above 0 and below 1, the same for the same seed on every machine: splitmix32 over the seed. */
function createRandom(seed: number): () => number {
  // Seeds that are equal in their lower 32 bits must not be one.
  let state = (seed ^ Math.imul(Math.floor(seed / 2 ** 32), 0x85ebca6b)) | 0;
  const draw = (): number => {
    state = (state + 0x9e3779b9) | 0;
    let bits = Math.imul(state ^ (state >>> 16), 0x21f0aaad);
    bits = Math.imul(bits ^ (bits >>> 15), 0x735a2d97);
    return (bits ^ (bits >>> 15)) >>> 0;
  };
  return () => (draw() * 2 ** 21 + (draw() >>> 11) + 0.5) / 2 ** 53;
}
