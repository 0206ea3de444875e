const piecesJoinedAtOnce = 64;

/** No string is longer, in any engine. */
const longestString = 2 ** 31 - 1;

/**
 * Collects a text that comes in many small pieces, or its first characters where it is longer than it may be. The pieces are
 * joined by the dozen: `+=` alone would keep each of them alive, and two objects for every token cost more time in garbage
 * collection than the token took to parse.
 */
export class TextKeeper {
  private text = '';
  private pieces: string[] = [];
  /** So many characters may still come. */
  private room: number;

  /** `maxLength` counts as strings do, in UTF-16. Default: everything is kept. */
  constructor(maxLength: number = longestString) {
    this.room = maxLength;
  }

  add(piece: string): void {
    if (piece.length > this.room) this.fill(piece);
    else {
      this.room -= piece.length;
      if (this.pieces.push(piece) === piecesJoinedAtOnce) this.read();
    }
  }

  read(): string {
    this.text += this.pieces.join('');
    this.pieces = [];
    return this.text;
  }

  // No half of a character that takes two places is kept.
  private fill(piece: string): void {
    if (this.room === 0) return;
    const last = piece.charCodeAt(this.room - 1);
    const isHalf = last >= 0xd800 && last <= 0xdbff;
    this.pieces.push(piece.slice(0, isHalf ? this.room - 1 : this.room));
    this.room = 0;
    this.read();
  }
}
