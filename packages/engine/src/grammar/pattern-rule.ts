import { either, literal } from './gbnf-text.ts';
import { SchemaError } from './schema-error.ts';

/** GBNF for the inside of a string that matches `^…$`: groups, classes, alternatives and repetitions. */
export function patternRule(pattern: string): string {
  const inside = /^\^(.*)\$$/s.exec(pattern)?.[1];
  if (inside === undefined)
    throw new SchemaError(`Pattern must start with '^' and end with '$': ${JSON.stringify(pattern)}`);
  const scan = { pattern: inside, at: 0 };
  const rule = readAlternatives(scan);
  if (scan.at < inside.length) throw refuse(scan);
  return rule;
}

interface Scan {
  readonly pattern: string;
  at: number;
}

function refuse({ pattern, at }: Scan): SchemaError {
  return new SchemaError(
    `Unsupported pattern syntax at ${JSON.stringify(pattern.slice(at, at + 12))} in ${JSON.stringify(pattern)}`,
  );
}

function readAlternatives(scan: Scan): string {
  const alternatives = [readSequence(scan)];
  while (scan.pattern[scan.at] === '|') {
    scan.at += 1;
    alternatives.push(readSequence(scan));
  }
  return either(alternatives);
}

function readSequence(scan: Scan): string {
  const items: string[] = [];
  while (scan.at < scan.pattern.length && !/[|)]/.test(scan.pattern[scan.at] ?? '')) {
    const item = readItem(scan);
    const [quantifier = ''] = /^(?:[*+?]|\{\d+(?:,\d*)?\})/.exec(scan.pattern.slice(scan.at)) ?? [];
    scan.at += quantifier.length;
    items.push(quantifier === '' ? item : `(${item})${quantifier}`);
  }
  return items.length === 0 ? '""' : items.join(' ');
}

function readItem(scan: Scan): string {
  const rest = scan.pattern.slice(scan.at);
  const group = /^\((?:\?:)?/.exec(rest)?.[0];
  if (group !== undefined) return readGroup(scan, group.length);
  const [item] = /^(?:\\.|\[\^?(?:\\.|[^\]\\])+\]|[^\\[\](){}*+?^$|])/su.exec(rest) ?? [];
  if (item === undefined) throw refuse(scan);
  scan.at += item.length;
  if (item.startsWith('[')) return characterClass(item, scan);
  if (item.startsWith('\\')) return escaped(item, scan);
  return item === '.' ? 'char' : jsonLiteral(item);
}

function readGroup(scan: Scan, opening: number): string {
  scan.at += opening;
  if (scan.pattern[scan.at] === '?') throw refuse(scan);
  const inside = readAlternatives(scan);
  if (scan.pattern[scan.at] !== ')') throw refuse(scan);
  scan.at += 1;
  return `(${inside})`;
}

const classes: Readonly<Record<string, string>> = { '\\d': '0-9', '\\w': 'A-Za-z0-9_', '\\s': ' ' };

function escaped(item: string, scan: Scan): string {
  const known = classes[item];
  if (known !== undefined) return `[${known}]`;
  if (/[A-Za-z0-9]/.test(item[1] ?? '')) throw refuse(scan);
  return jsonLiteral(item.slice(1));
}

/** A class must not let a quote, a backslash or a control character into a JSON string. */
function characterClass(item: string, scan: Scan): string {
  const inside = item.replace(/\\[dws]/g, (known) => classes[known] ?? known);
  if (!item.startsWith('[^')) {
    if (/"|\\\\|\\[A-Za-z]/.test(inside)) throw refuse(scan);
    return inside;
  }
  return `${inside.slice(0, -1)}"\\\\\\x7F\\x00-\\x1F]`;
}

function jsonLiteral(text: string): string {
  return literal(JSON.stringify(text).slice(1, -1));
}
