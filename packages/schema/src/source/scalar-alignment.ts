/** The value of a YAML scalar as it grows, each of its units with the place in the file that it comes from. */
export interface Alignment {
  /** Adds a part of the value: as it stands in the file where the lengths are equal, else all of it comes from the whole place. */
  add(text: string, start: number, end: number): void;
  /** The value so far. */
  value(): string;
  startOf(index: number): number;
  endOf(index: number): number;
}

/** An alignment of nothing yet. */
export function createAlignment(): Alignment {
  const starts: number[] = [];
  const ends: number[] = [];
  const texts: string[] = [];
  return {
    add: (text, start, end) => {
      const isCopy = text.length === end - start;
      texts.push(text);
      for (let index = 0; index < text.length; index++) {
        starts.push(isCopy ? start + index : start);
        ends.push(isCopy ? start + index + 1 : end);
      }
    },
    value: () => texts.join(''),
    startOf: (index) => starts[index] ?? ends.at(-1) ?? 0,
    endOf: (index) => ends[index] ?? ends.at(-1) ?? 0,
  };
}
