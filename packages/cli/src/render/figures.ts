/** `1,234` */
export const count = (value: number): string => Math.round(value).toLocaleString('en-US');

/** `62.8 %` */
export const percent = (part: number, whole: number): string =>
  whole === 0 ? '–' : `${((100 * part) / whole).toFixed(1)} %`;

/** `0.8 s`, `42 s`, `3 min 5 s`, `2 h 10 min` */
export function duration(ms: number): string {
  const seconds = ms / 1000;
  if (seconds < 10) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
  return `${Math.floor(whole / 3600)} h ${Math.floor((whole % 3600) / 60)} min`;
}

/** `1,234 in, 56 out` */
export const inAndOut = (tokens: { readonly promptTokens: number; readonly outputTokens: number }): string =>
  `${count(tokens.promptTokens)} in, ${count(tokens.outputTokens)} out`;

/** `12.3` below a hundred, whole above. */
export const rate = (perSecond: number): string => (perSecond < 100 ? perSecond.toFixed(1) : count(perSecond));

/** `1 error`, `2 errors` */
export const plural = (number: number, word: string): string => `${count(number)} ${word}${number === 1 ? '' : 's'}`;

const units = [
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
  ['second', 1_000],
] as const;

/** `3 hours ago`, `1 day ago`, `just now` */
export function ago(at: number, now: number): string {
  const [unit, ms] = units.find(([, size]) => now - at >= size) ?? [];
  return unit === undefined ? 'just now' : `${plural(Math.floor((now - at) / ms), unit)} ago`;
}

/** `in 4 minutes`; `now` for what is past, `never` for what lies years ahead. */
export function ahead(at: number, now: number): string {
  if (at - now > 10 * 365 * 86_400_000) return 'never';
  const [unit, ms] = units.find(([, size]) => at - now >= size) ?? [];
  return unit === undefined ? 'now' : `in ${plural(Math.floor((at - now) / ms), unit)}`;
}

/** `812 bytes`, `1.2 kB`, `34.0 MB` */
export function bytes(number: number): string {
  if (number < 1000) return plural(number, 'byte');
  const power = Math.min(3, Math.floor(Math.log10(number) / 3));
  return `${(number / 1000 ** power).toFixed(1)} ${['', 'kB', 'MB', 'GB'][power]}`;
}
