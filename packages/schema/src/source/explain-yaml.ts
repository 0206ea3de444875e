import type { YAMLError } from 'yaml';
import type { Finding } from './source.ts';

interface Explanation {
  readonly message: string;
  readonly hint?: string;
}

const quoteIt = 'Put the text in quotes, or below the key as a `|` block.';

/** What the codes of the YAML parser mean to somebody who writes a workflow; its own words where none stand here. */
const byCode: Readonly<Record<string, Explanation>> = {
  TAB_AS_INDENT: { message: 'A tab cannot indent YAML.', hint: 'Use spaces.' },
  BLOCK_AS_IMPLICIT_KEY: {
    message: 'There is a second `: ` in this line, so that YAML reads a key within a value.',
    hint: quoteIt,
  },
  MULTILINE_IMPLICIT_KEY: {
    message: 'This is no key with a value: the `:` or the space behind it is missing.',
    hint: 'Write `key: value`; a text of several lines needs `|` behind its key and a deeper indentation.',
  },
  BAD_INDENT: {
    message: 'The indentation does not fit the lines above.',
    hint: 'The keys of one map begin in the same column, and what belongs to a key is indented deeper.',
  },
  BAD_SCALAR_START: { message: 'A text cannot begin with this character in YAML.', hint: quoteIt },
  BAD_DQ_ESCAPE: {
    message: 'A text in double quotes knows no such escape.',
    hint: 'Write `\\\\` for a backslash, or use single quotes, where nothing is escaped.',
  },
  NON_STRING_KEY: {
    message: 'A key must be a text, and this is a map or a list.',
    hint: 'A text that begins with `{` or `[` needs quotes; an expression is written `${…}`.',
  },
  MULTIPLE_ANCHORS: { message: 'A value can have only one anchor (`&name`).', hint: quoteIt },
  MULTIPLE_TAGS: { message: 'A value can have only one tag (`!name`).', hint: quoteIt },
  TAG_RESOLVE_FAILED: {
    message: '`!` at the start of a value makes a tag in YAML, and workflows have none.',
    hint: 'Remove it, or put the text in quotes.',
  },
};

/** What is said of an alias without an anchor. */
export const aliasUnknown: Finding = {
  code: 'YAML_SYNTAX',
  message: '`*` at the start of a value makes an alias in YAML, and there is no anchor with this name above.',
  hint: quoteIt,
};

/** Turns an error or a warning of the YAML parser into a finding; `line` is the text of the line it is in. */
export function explainYaml({ code, message }: YAMLError, line: string): Finding {
  const known = bySituation(code, message, line) ?? byCode[code];
  return { code: 'YAML_SYNTAX', ...(known ?? { message: `This is not YAML: ${message}.`, hint: quoteIt }) };
}

function bySituation(code: string, message: string, line: string): Explanation | undefined {
  const isUnexpected = code === 'UNEXPECTED_TOKEN' || code === 'BAD_INDENT' || code === 'MISSING_CHAR';
  if (isUnexpected && /(^|[^$])[{[].*\$\{/.test(line)) {
    return {
      message: 'Between `{ }` or `[ ]`, YAML takes the braces of an expression for its own.',
      hint: 'Put the expression in quotes, as in `{ id: "${row.id}" }`.',
    };
  }
  if (isUnclosedQuote({ code, message })) {
    return {
      message: 'This quote is never closed.',
      hint: `Add the closing ${message.includes('"') ? '`"`' : "`'`"}.`,
    };
  }
  if (message.startsWith('Flow ')) {
    return { message: 'A `{` or `[` above is never closed.', hint: 'Add the closing `}` or `]`.' };
  }
  if (message.includes('block-seq-ind')) {
    return {
      message: 'A list item cannot begin in the line of its key.',
      hint: 'Begin the list in the next line, or put the text in quotes.',
    };
  }
  if (message.startsWith('Not a YAML token')) {
    return {
      message: 'Nothing can follow `|` or `>` in their line.',
      hint: 'Begin the text in the next line, indented.',
    };
  }
  if (message.endsWith('at node end')) {
    return {
      message: 'The value has ended before this.',
      hint: 'A text that holds quotes needs the other quotes around it, or a `|` block.',
    };
  }
  return undefined;
}

/** True where the error is found at the end of the file, and its cause where the text begins. */
export const isUnclosedQuote = ({ code, message }: { readonly code: string; readonly message: string }): boolean =>
  code === 'MISSING_CHAR' && message.startsWith('Missing closing');
