import { Composer, type CST, type Document, Lexer, Parser } from 'yaml';
import type { TextRange } from './text-lines.ts';

/** Deeper than any workflow; the parser's recursion must never come near the end of the stack. */
const maxDepth = 100;

/** Far more than people write; each is looked up in the whole document. */
const maxAliases = 500;

/** Words, signs and white space, where a text of any length is one. The parser takes the square of the time for some errors. */
const maxLexemes = 60_000;

/** A YAML document with its syntax errors in it, and the place of a second one; or why it was not read to its end. */
export type ParsedDocument =
  | { readonly document: Document; readonly next?: TextRange }
  | { readonly tooMuch: string; readonly at: number };

/**
 * Parses a text as YAML 1.2, whatever version it claims: no dates, no merge keys, all keys are texts.
 *
 * The depth is measured on tokens, before the recursive part of the parser sees them: on a hundred thousand `[` it would end the
 * process.
 */
export function parseYaml(text: string): ParsedDocument {
  const parser = new Parser();
  const tokens: CST.Token[] = [];
  let aliases = 0;
  let lexemes = 0;
  for (const lexeme of new Lexer().lex(text)) {
    for (const token of parser.next(lexeme)) tokens.push(token);
    if (++lexemes > maxLexemes) {
      return { tooMuch: `The file has more than ${maxLexemes} words and signs of YAML.`, at: parser.offset };
    }
    if (parser.stack.length > maxDepth) {
      return { tooMuch: `This is nested deeper than ${maxDepth} levels.`, at: parser.offset };
    }
    if (lexeme[0] === '*' && parser.stack.at(-1)?.type === 'alias' && ++aliases > maxAliases) {
      return { tooMuch: `The file has more than ${maxAliases} aliases.`, at: parser.offset };
    }
  }
  for (const token of parser.end()) tokens.push(token);
  const [document, next] = new Composer(options).compose(tokens, true, text.length);
  return { document: document as Document, ...(next?.range && { next: { start: next.range[0], end: next.range[1] } }) };
}

const options = {
  schema: 'core',
  merge: false,
  resolveKnownTags: false,
  stringKeys: true,
  uniqueKeys: false, // found by ourselves, so that the rest of the file is checked too
  keepSourceTokens: true, // placesInScalar reads them
  logLevel: 'error',
} as const;
