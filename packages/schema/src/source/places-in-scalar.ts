import { type CST, isScalar, type Node } from 'yaml';
import { alignBlockScalar, type BlockScalarText } from './align-block-scalar.ts';
import { alignDoubleQuoted } from './align-double-quoted.ts';
import { alignPlain, alignSingleQuoted } from './align-flow-scalar.ts';
import { type Alignment, createAlignment } from './scalar-alignment.ts';
import type { TextRange } from './text-lines.ts';

/** Finds the place in the file of a part of a text's value. */
export type PlaceInScalar = (part: TextRange) => TextRange;

/**
 * Finds the way back from a scalar's value to the file.
 *
 * YAML changes a text on its way to the value (indentation, joined lines, escapes), so that way is gone once more, noting places.
 *
 * @returns undefined where the node is no text, or where our reading and that of the parser differ.
 */
export function placesInScalar(node: Node | undefined): PlaceInScalar | undefined {
  if (!isScalar(node) || typeof node.value !== 'string' || !node.srcToken) return undefined;
  const alignment = createAlignment();
  align(node.srcToken as CST.Token, alignment);
  // The line breaks at the end of a block scalar hold no expression.
  if (!node.value.startsWith(alignment.value()) || node.value.slice(alignment.value().length).trim() !== '') {
    return undefined;
  }
  return ({ start, end }) => {
    const from = alignment.startOf(start);
    return { start: from, end: end > start ? alignment.endOf(end - 1) : from };
  };
}

function align(token: CST.Token, into: Alignment): void {
  if (token.type === 'scalar') alignPlain(token.source, token.offset, into);
  if (token.type === 'single-quoted-scalar') alignSingleQuoted(token.source, token.offset, into);
  if (token.type === 'double-quoted-scalar') alignDoubleQuoted(token.source, token.offset, into);
  if (token.type === 'block-scalar') alignBlockScalar(blockText(token), into);
}

/** The lines behind the header, which has its own tokens: the indicators, white space, a comment. */
function blockText({ props, offset, source, indent }: CST.BlockScalar): BlockScalarText {
  const header = props as CST.SourceToken[];
  const length = header.reduce((sum, part) => sum + part.source.length, 0);
  return { source, offset: offset + length, header: header[0]?.source ?? '', parentIndent: indent };
}
