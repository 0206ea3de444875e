/** Takes the white space from both ends of a text that comes in pieces. */
export interface Trimmer {
  /** What of the text so far is sure to stand, and was not given before. */
  add(piece: string): string;
}

/** White space is given once something stands behind it. */
export function createTrimmer(): Trimmer {
  let held: string | undefined;
  return {
    add: (piece) => {
      if (piece.trim() === '') {
        if (held !== undefined) held += piece;
        return '';
      }
      const text = held === undefined ? piece.trimStart() : held + piece;
      const sure = text.trimEnd();
      held = text.slice(sure.length);
      return sure;
    },
  };
}
