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

/** `12.3` below a hundred, whole above. */
export const rate = (perSecond: number): string => (perSecond < 100 ? perSecond.toFixed(1) : count(perSecond));

/** `1 error`, `2 errors` */
export const plural = (number: number, word: string): string => `${count(number)} ${word}${number === 1 ? '' : 's'}`;
