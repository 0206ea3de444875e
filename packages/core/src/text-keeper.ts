const piecesJoinedAtOnce = 64;

/** So many characters of pieces are not kept alive once they are joined. */
const longForPieces = 4096;

/** No string is longer, in any engine. */
const longestString = 2 ** 31 - 1;

/**
 * Collects a text that comes in many small pieces, or its first characters where it is longer than it may be. The pieces are
 * joined by the dozen: `+=` alone would keep each of them alive, and two objects for every token cost more time in garbage
 * collection than the token took to parse.
 */
export class TextKeeper {
  private text = '';
  /** Those not yet joined; set by place, since an array that grows is copied again and again. */
  private pieces: string[] | undefined;
  private count = 0;
  /** So many characters may still come. */
  private room: number;

  /** `maxLength` counts as strings do, in UTF-16. Default: everything is kept. */
  constructor(maxLength: number = longestString) {
    this.room = maxLength;
  }

  add(piece: string): void {
    if (piece.length > this.room) {
      this.fill(piece);
      return;
    }
    this.room -= piece.length;
    this.pieces ??= new Array<string>(piecesJoinedAtOnce);
    this.pieces[this.count] = piece;
    this.count += 1;
    if (this.count === piecesJoinedAtOnce) this.read();
  }

  read(): string {
    if (this.pieces === undefined) return this.text;
    const joined = this.pieces.slice(0, this.count).join('');
    this.text += joined;
    this.count = 0;
    // The places still hold the pieces, which is nothing to speak of while they are tokens.
    if (joined.length > longForPieces) this.pieces = undefined;
    return this.text;
  }

  // No half of a character that takes two places is kept.
  private fill(piece: string): void {
    if (this.room === 0) return;
    const last = piece.charCodeAt(this.room - 1);
    const isHalf = last >= 0xd800 && last <= 0xdbff;
    this.add(piece.slice(0, isHalf ? this.room - 1 : this.room));
    this.room = 0;
  }
}
