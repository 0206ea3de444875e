/**
 * What a spreadsheet would run: a text that begins with one of `= + - @`, also in full width, a tab or a line break, behind any spaces and
 * quotes.
 *
 * @see https://owasp.org/www-community/attacks/CSV_Injection
 */
const formula = /^['"\s]*[=+\-@\t\r\n＝＋－＠]/;
const number = /^[+-]?\d+(\.\d+)?([eE][+-]?\d+)?$/;

const isFormula = (text: string): boolean => formula.test(text) && !number.test(text);

/** The text with a `'` in front where a spreadsheet would run it; numbers stay. */
export const harmless = (text: string): string => (isFormula(text) ? `'${text}` : text);

/** Turns `harmless` back, for every text. */
export const harmful = (cell: string): string =>
  cell.startsWith("'") && isFormula(cell.slice(1)) ? cell.slice(1) : cell;
