const unitMs: Readonly<Record<string, number>> = {
  ns: 1e-6,
  us: 1e-3,
  µs: 1e-3,
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
};

/** Milliseconds, or the server's words on why a value is no duration. */
export type DurationOrError = { readonly ms: number } | { readonly error: string };

/**
 * Reads `keep_alive` as Ollama does: a number is seconds, a string a Go duration (`1.5h`, `2h45m`, `"0"`); a
 * negative one of either kind is for ever.
 */
export function parseKeepAlive(value: unknown): DurationOrError {
  if (typeof value === 'number') return { ms: value < 0 ? Number.POSITIVE_INFINITY : value * 1000 };
  if (typeof value !== 'string') return { error: `Unsupported type: '${goKind(value)}'` };
  return parseGoDuration(value);
}

function parseGoDuration(text: string): DurationOrError {
  const [, sign = '', rest = ''] = /^([+-]?)(.*)$/s.exec(text) ?? [];
  if (rest === '0') return { ms: 0 };
  if (/^(\d+\.?\d*|\.\d+)$/.test(rest)) return { error: `time: missing unit in duration ${JSON.stringify(text)}` };
  if (!/^((\d+\.?\d*|\.\d+)(ns|us|µs|ms|s|m|h))+$/.test(rest)) {
    return { error: `time: invalid duration ${JSON.stringify(text)}` };
  }
  const parts = [...rest.matchAll(/([\d.]+)([a-zµ]+)/g)];
  const ms = parts.reduce((sum, [, amount, unit]) => sum + Number(amount) * (unitMs[unit ?? ''] ?? 0), 0);
  return { ms: sign === '-' && ms > 0 ? Number.POSITIVE_INFINITY : ms };
}

function goKind(value: unknown): string {
  if (typeof value === 'boolean') return 'bool';
  return Array.isArray(value) ? '[]interface {}' : 'map[string]interface {}';
}
