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

type State = 'before' | 'array' | 'object' | 'behind' | 'over';

const [quote, backslash, comma, newline] = [34, 92, 44, 10];
const [openBracket, closeBracket, openBrace, closeBrace] = [91, 93, 123, 125];
const isSpace = (code: number): boolean => code === 32 || code === newline || code === 13 || code === 9;

/**
 * Cuts at the commas between the elements and looks at nothing in them but quotes and brackets: whether an element is JSON is for its
 * reader to say, so that one that is not leaves the others whole.
 */
export function createElements(): JsonElements {
  let state: State = 'before';
  let depth = 0;
  let inText = false;
  let escaped = false;
  let isAfterComma = false;
  let line = 1;
  let count = 0;
  /** The element so far, of earlier pieces. */
  let parts: string[] = [];
  let size = 0;
  let startLine = 1;

  const placeAt = (at: number): string => (state === 'object' ? `line ${at}` : `element ${count + 1}, line ${at}`);
  const problemAt = (problem: string): JsonElement => ({ text: '', place: placeAt(line), problem });

  const finish = (last: string): JsonElement => {
    const element = { text: parts.length > 0 ? parts.join('') + last : last, place: placeAt(startLine) };
    parts = [];
    size = 0;
    count++;
    return element;
  };

  const isOpen = (): boolean => size > 0;

  const take = (piece: string): JsonElement[] => {
    const found: JsonElement[] = [];
    /** Where the element began in this piece; -1 where none is open. */
    let start = isOpen() ? 0 : -1;
    const close = (at: number): void => {
      found.push(finish(piece.slice(start, at)));
      start = -1;
    };
    const stop = (problem: string): JsonElement[] => {
      found.push(problemAt(problem));
      state = 'over';
      return found;
    };
    for (let at = 0; at < piece.length; at++) {
      const code = piece.charCodeAt(at);
      if (code === newline) line++;
      if (inText) {
        if (escaped) escaped = false;
        else if (code === backslash) escaped = true;
        else if (code === quote) inText = false;
        continue;
      }
      if (state === 'before') {
        if (isSpace(code)) continue;
        if (code === openBracket) state = 'array';
        else if (code === openBrace) {
          state = 'object';
          [start, startLine, depth] = [at, line, 1];
        } else return stop('this is neither a JSON array nor an object.');
        continue;
      }
      if (state === 'behind') {
        if (!isSpace(code))
          return stop('something stands behind the end of the JSON; for an object a line say `format: jsonl`.');
        continue;
      }
      if (start < 0) {
        if (isSpace(code)) continue;
        if (code === closeBracket) {
          if (isAfterComma) found.push(problemAt('a comma stands before the end of the array.'));
          state = 'behind';
          continue;
        }
        if (code === comma) {
          if (isAfterComma || count === 0) found.push(problemAt('an element is missing before this comma.'));
          isAfterComma = true;
          continue;
        }
        [start, startLine, isAfterComma] = [at, line, false];
      }
      if (code === quote) inText = true;
      else if (code === openBracket || code === openBrace) depth++;
      else if (code === closeBracket || code === closeBrace) {
        if (depth === 0) {
          close(at);
          state = 'behind';
        } else if (--depth === 0 && state === 'object') {
          close(at + 1);
          state = 'behind';
        }
      } else if (code === comma && depth === 0) {
        close(at);
        isAfterComma = true;
      }
    }
    if (start >= 0) {
      const rest = piece.slice(start);
      parts.push(rest);
      size += rest.length;
      if (size > maxElement) return stop(`it is longer than ${maxElement} characters.`);
    }
    return found;
  };

  return {
    take,
    end: () => {
      if (state === 'before') return 'empty';
      if (state === 'behind' || state === 'over') return undefined;
      return {
        text: '',
        place: placeAt(isOpen() ? startLine : line),
        problem: 'the file ends here before its JSON does.',
      };
    },
    line: () => line,
    isOver: () => state === 'over',
  };
}
