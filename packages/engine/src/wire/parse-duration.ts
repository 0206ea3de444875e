import { RequestError } from './request-error.ts';

const unitMs: Readonly<Record<string, number>> = {
  ns: 1e-6,
  us: 1e-3,
  µs: 1e-3,
  μs: 1e-3,
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
};

/** Reads a Go duration such as `1h30m` into milliseconds, with Go's own errors. */
export function parseDuration(text: string): number {
  const [, sign = '', rest = ''] = /^([+-]?)(.*)$/s.exec(text) ?? [];
  if (rest === '0') return 0;
  if (rest === '') throw invalid(text);
  let total = 0;
  for (let left = rest; left !== ''; ) {
    const [all = '', number = '', unit = ''] = /^(\d+\.?\d*|\.\d+)([^\d.]*)/.exec(left) ?? [];
    if (number === '') throw invalid(text);
    if (unit === '') throw new RequestError(400, `time: missing unit in duration ${JSON.stringify(text)}`);
    const factor = unitMs[unit];
    if (factor === undefined) {
      throw new RequestError(400, `time: unknown unit ${JSON.stringify(unit)} in duration ${JSON.stringify(text)}`);
    }
    total += Number(number) * factor;
    left = left.slice(all.length);
  }
  return sign === '-' ? -total : total;
}

function invalid(text: string): RequestError {
  return new RequestError(400, `time: invalid duration ${JSON.stringify(text)}`);
}
