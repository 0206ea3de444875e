const piecesJoinedAtOnce = 64;

/**
 * Collects a text that comes in many small pieces. They are joined by the dozen: `+=` alone would keep each of them
 * alive, and two objects for every token cost more time in garbage collection than the token took to parse.
 */
export class TextKeeper {
  private text = '';
  private pieces: string[] = [];

  add(piece: string): void {
    if (this.pieces.push(piece) === piecesJoinedAtOnce) this.read();
  }

  read(): string {
    this.text += this.pieces.join('');
    this.pieces = [];
    return this.text;
  }
}
