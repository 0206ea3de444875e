import { either } from './gbnf-text.ts';

/** GBNF for the whole numbers from `min` to `max`, both included; undefined: no bound on that side. */
export function integerRange(min: number | undefined, max: number | undefined): string {
  const low = min ?? -largest;
  const high = max ?? largest;
  const alternatives: string[] = [];
  if (low < 0) alternatives.push(...unsigned(Math.max(1, -high), -low).map((digits) => `"-" ${digits}`));
  if (high >= 0) alternatives.push(...unsigned(Math.max(0, low), high));
  return either(alternatives);
}

const largest = 999_999_999_999_999; // as many digits as a JavaScript number keeps

function unsigned(low: number, high: number): string[] {
  const alternatives: string[] = [];
  for (let start = low; start <= high; ) {
    const end = Math.min(high, 10 ** String(start).length - 1);
    alternatives.push(...sameLength(String(start), String(end)));
    start = end + 1;
  }
  return alternatives;
}

/** The numbers between two of equally many digits, by their first digit. */
function sameLength(low: string, high: string): string[] {
  const [first = '', last = ''] = [low[0], high[0]];
  const rest = low.length - 1;
  if (rest === 0) return [digit(first, last)];
  if (first === last) return sameLength(low.slice(1), high.slice(1)).map((tail) => `${digit(first, first)} ${tail}`);
  const whole = (from: number, to: number) => (from <= to ? [`${digit(String(from), String(to))} [0-9]{${rest}}`] : []);
  const opensFull = /^0*$/.test(low.slice(1));
  const closesFull = /^9*$/.test(high.slice(1));
  return [
    ...(opensFull ? [] : sameLength(low, `${first}${'9'.repeat(rest)}`)),
    ...whole(Number(first) + (opensFull ? 0 : 1), Number(last) - (closesFull ? 0 : 1)),
    ...(closesFull ? [] : sameLength(`${last}${'0'.repeat(rest)}`, high)),
  ];
}

function digit(from: string, to: string): string {
  return from === to ? `"${from}"` : `[${from}-${to}]`;
}
