/** Collects a text that comes in many small pieces. */
export interface TextKeeper {
  add(piece: string | undefined): void;
  read(): string;
}

const piecesJoinedAtOnce = 64;

/**
 * Creates an empty text. Pieces are joined by the dozen: `+=` alone would keep each of them alive, and two objects for
 * every token cost more time in garbage collection than the token took to parse.
 */
export function createTextKeeper(): TextKeeper {
  let text = '';
  let pieces: string[] = [];
  const read = (): string => {
    text += pieces.join('');
    pieces = [];
    return text;
  };
  return {
    add: (piece) => {
      if (piece === undefined || piece === '') return;
      if (pieces.push(piece) === piecesJoinedAtOnce) read();
    },
    read,
  };
}
