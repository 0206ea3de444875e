import { InvalidArgumentError } from 'commander';

/** Another value of a flag that may be given again. */
export const collect = (value: string, before: readonly string[] = []): readonly string[] => [...before, value];

/** Another `name=value`. */
export function collectInput(
  pair: string,
  before: Readonly<Record<string, string>> = {},
): Readonly<Record<string, string>> {
  const at = pair.indexOf('=');
  if (at < 1) throw new InvalidArgumentError('Write it as name=value.');
  return { ...before, [pair.slice(0, at)]: pair.slice(at + 1) };
}

/** A whole number between two. */
export const wholeNumber =
  (least: number, most = Number.MAX_SAFE_INTEGER) =>
  (text: string): number => {
    const value = Number(text);
    if (/^\d+$/.test(text) && value >= least && value <= most) return value;
    throw new InvalidArgumentError(`It must be a whole number from ${least} on.`);
  };

/** `10-20`, `10-`, `-20`, or `10` alone: places counted from 1, both among them. */
export function rowRange(text: string): { readonly from?: number; readonly to?: number } {
  const [, from = '', dash, to = ''] = /^(\d*)(-?)(\d*)$/.exec(text) ?? [];
  const [first, last] = [from === '' ? 1 : Number(from), to === '' ? Number.POSITIVE_INFINITY : Number(to)];
  if (dash === undefined || (from === '' && to === '') || first < 1 || last < first)
    throw new InvalidArgumentError('Write it as 10-20, 10- or -20; rows are counted from 1.');
  if (dash === '') return { from: first, to: first };
  return { ...(from !== '' && { from: first }), ...(to !== '' && { to: last }) };
}

const unitMs = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 } as const;

/** `30d`, `12h`, `90m`: in milliseconds. */
export function timeSpan(text: string): number {
  const [, number, unit] = /^(\d+)([smhdw])$/.exec(text) ?? [];
  if (unit === undefined) throw new InvalidArgumentError('Write it as 30d, 12h or 90m.');
  return Number(number) * unitMs[unit as keyof typeof unitMs];
}

/** A moment, `2027-01-31T02:00Z` or with an offset; without one it is meant in the zone of this machine. In milliseconds since 1970. */
export function instant(text: string): number {
  const time = /^\d{4}-\d{2}-\d{2}/.test(text) ? Date.parse(text.length === 10 ? `${text}T00:00` : text) : Number.NaN;
  if (!Number.isNaN(time)) return time;
  throw new InvalidArgumentError('Write it as 2027-01-31, 2027-01-31T09:00 or 2027-01-31T09:00Z.');
}
