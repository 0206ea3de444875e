/** An element of an array, as it stands there. */
export interface JsonElement {
  readonly text: string;
  readonly place: string;
  /** In place of the text, where there is none that could be read. */
  readonly problem?: string;
}

/** Finds the elements of one long array in pieces of its text. */
export interface JsonElements {
  take(piece: string): JsonElement[];
  /** What the text ends with that is no whole element. */
  end(): JsonElement | 'empty' | undefined;
  /** The line that the next character stands on. */
  line(): number;
  /** Whether nothing that follows can be read. */
  isOver(): boolean;
}

/** Longer elements are no rows. */
const maxElement = 64 * 1024 * 1024;

/** `between`: where the next element may begin. `inside`: in an element. */
type State = 'before' | 'between' | 'inside' | 'behind' | 'over';

const [quote, backslash, comma, newline] = [34, 92, 44, 10];
const [openBracket, closeBracket, openBrace, closeBrace] = [91, 93, 123, 125];
const isSpace = (code: number): boolean => code === 32 || code === newline || code === 13 || code === 9;

/**
 * Cuts at the commas between the elements and looks at nothing in them but quotes and brackets: whether an element is JSON is for its
 * reader to say, so that one that is not leaves the others whole.
 */
export function createElements(): JsonElements {
  let state: State = 'before';
  /** Whether the whole text is one object, and no array. */
  let isObject = false;
  let depth = 0;
  let inText = false;
  let escaped = false;
  let isAfterComma = false;
  let line = 1;
  let count = 0;
  let found: JsonElement[] = [];
  /** The element so far, of earlier pieces. */
  let parts: string[] = [];
  let size = 0;
  let startLine = 1;

  const placeAt = (at: number): string => (isObject ? `line ${at}` : `element ${count + 1}, line ${at}`);
  const complain = (problem: string): void => {
    found.push({ text: '', place: placeAt(line), problem });
  };
  const stop = (problem: string): void => {
    complain(problem);
    state = 'over';
  };
  const open = (): void => {
    state = 'inside';
    startLine = line;
    isAfterComma = false;
  };
  const close = (last: string, next: State): void => {
    found.push({ text: parts.length > 0 ? parts.join('') + last : last, place: placeAt(startLine) });
    [parts, size, state] = [[], 0, next];
    count++;
  };

  /** A character outside of elements. */
  const step = (code: number): void => {
    if (isSpace(code)) return;
    if (state === 'behind')
      stop('something stands behind the end of the JSON; for an object a line say `format: jsonl`.');
    else if (state === 'before' && code === openBracket) state = 'between';
    else if (state === 'before' && code === openBrace) {
      isObject = true;
      open();
    } else if (state === 'before') stop('this is neither a JSON array nor an object.');
    else if (code === closeBracket) {
      if (isAfterComma) complain('a comma stands before the end of the array.');
      state = 'behind';
    } else if (code === comma) {
      if (isAfterComma || count === 0) complain('an element is missing before this comma.');
      isAfterComma = true;
    } else open();
  };

  /** A character of an element: whether it is the first one behind it. */
  const isEnd = (code: number): boolean => {
    if (inText) {
      if (escaped) escaped = false;
      else if (code === backslash) escaped = true;
      else if (code === quote) inText = false;
    } else if (code === quote) inText = true;
    else if (code === openBracket || code === openBrace) depth++;
    else if (depth === 0) return code === comma || code === closeBracket;
    else if (code === closeBracket || code === closeBrace) depth--;
    return false;
  };

  const take = (piece: string): JsonElement[] => {
    found = [];
    let start = 0;
    for (let at = 0; at < piece.length && state !== 'over'; at++) {
      const code = piece.charCodeAt(at);
      if (code === newline) line++;
      if (state !== 'inside') {
        step(code);
        start = at;
      }
      if ((state as State) !== 'inside') continue;
      if (isEnd(code)) {
        isAfterComma = code === comma;
        close(piece.slice(start, at), isAfterComma ? 'between' : 'behind');
      } else if (isObject && depth === 0 && !inText) close(piece.slice(start, at + 1), 'behind');
    }
    if (state === 'inside') {
      parts.push(piece.slice(start));
      size += piece.length - start;
      if (size > maxElement) stop(`it is longer than ${maxElement} characters.`);
    }
    return found;
  };

  return {
    take,
    end: () => {
      if (state === 'before') return 'empty';
      if (state === 'behind' || state === 'over') return undefined;
      const place = placeAt(state === 'inside' ? startLine : line);
      return { text: '', place, problem: 'the file ends here before its JSON does.' };
    },
    line: () => line,
    isOver: () => state === 'over',
  };
}
