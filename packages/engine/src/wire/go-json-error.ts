/** A JSON text that cannot be read, at the place where Go's decoder gives up. */
class Malformed extends Error {}

/** What Go's decoder says about a JSON text that `JSON.parse` refuses; null where only what follows the value is bad. */
export function goJsonError(text: string): string | null {
  try {
    valueEnd(text, 0, beginning);
    return null;
  } catch (error) {
    if (error instanceof Malformed) return error.message;
    throw error;
  }
}

/** The first JSON value of a text that `goJsonError` has nothing to say about: Go ignores what follows it. */
export function firstJsonValue(text: string): string {
  return text.slice(0, valueEnd(text, 0, beginning));
}

const beginning = 'looking for beginning of value';

function malformed(text: string, at: number, context: string): Malformed {
  const character = text[at];
  if (character === undefined) return new Malformed('unexpected EOF');
  const shown = character === "'" ? "\\'" : character === '"' ? '"' : JSON.stringify(character).slice(1, -1);
  return new Malformed(`invalid character '${shown}' ${context}`);
}

// Each of these takes the place where something begins and returns the place behind it.

function skipSpace(text: string, at: number): number {
  let end = at;
  while (/[ \t\r\n]/.test(text[end] ?? '')) end += 1;
  return end;
}

function valueEnd(text: string, before: number, context: string): number {
  const at = skipSpace(text, before);
  const first = text[at] ?? '';
  if (first === '{') return objectEnd(text, at + 1);
  if (first === '[') return arrayEnd(text, at + 1);
  if (first === '"') return stringEnd(text, at + 1);
  if (/[-0-9]/.test(first)) return numberEnd(text, at);
  const word = ['true', 'false', 'null'].find((known) => first !== '' && known.startsWith(first));
  if (word === undefined) throw malformed(text, at, context);
  return wordEnd(text, at, word);
}

function objectEnd(text: string, begin: number): number {
  let at = skipSpace(text, begin);
  if (text[at] === '}') return at + 1;
  while (true) {
    at = skipSpace(text, at);
    if (text[at] !== '"') throw malformed(text, at, 'looking for beginning of object key string');
    at = skipSpace(text, stringEnd(text, at + 1));
    if (text[at] !== ':') throw malformed(text, at, 'after object key');
    at = skipSpace(text, valueEnd(text, at + 1, beginning));
    if (text[at] === '}') return at + 1;
    if (text[at] !== ',') throw malformed(text, at, 'after object key:value pair');
    at += 1;
  }
}

function arrayEnd(text: string, begin: number): number {
  let at = skipSpace(text, begin);
  if (text[at] === ']') return at + 1;
  while (true) {
    at = skipSpace(text, valueEnd(text, at, beginning));
    if (text[at] === ']') return at + 1;
    if (text[at] !== ',') throw malformed(text, at, 'after array element');
    at += 1;
  }
}

function stringEnd(text: string, begin: number): number {
  let at = begin;
  while (text[at] !== '"') {
    const character = text[at];
    if (character === undefined || character < ' ') throw malformed(text, at, 'in string literal');
    at = character === '\\' ? escapeEnd(text, at + 1) : at + 1;
  }
  return at + 1;
}

function escapeEnd(text: string, at: number): number {
  if (/["\\/bfnrt]/.test(text[at] ?? '')) return at + 1;
  if (text[at] !== 'u') throw malformed(text, at, 'in string escape code');
  const digits = /^[0-9a-fA-F]{0,4}/.exec(text.slice(at + 1, at + 5))?.[0].length ?? 0;
  if (digits < 4) throw malformed(text, at + 1 + digits, 'in \\u hexadecimal character escape');
  return at + 5;
}

function wordEnd(text: string, at: number, word: string): number {
  for (const [offset, letter] of [...word].entries()) {
    if (text[at + offset] !== letter) throw malformed(text, at + offset, `in literal ${word} (expecting '${letter}')`);
  }
  return at + word.length;
}

function numberEnd(text: string, begin: number): number {
  let at = text[begin] === '-' ? begin + 1 : begin;
  at = text[at] === '0' ? at + 1 : digitsEnd(text, at, 'in numeric literal');
  if (text[at] === '.') at = digitsEnd(text, at + 1, 'after decimal point in numeric literal');
  if (!/[eE]/.test(text[at] ?? '')) return at;
  at += /[-+]/.test(text[at + 1] ?? '') ? 2 : 1;
  return digitsEnd(text, at, 'in exponent of numeric literal');
}

function digitsEnd(text: string, begin: number, context: string): number {
  let at = begin;
  while (/\d/.test(text[at] ?? '')) at += 1;
  if (at === begin) throw malformed(text, at, context);
  return at;
}
