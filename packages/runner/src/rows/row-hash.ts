import { hash } from 'node:crypto';

/** The same for the same values, whatever order their keys came in: the first 16 hexadecimal digits of a SHA-256. */
export type RowHash = (value: Readonly<Record<string, unknown>>) => string;

/** Makes hashes of rows, of which most have the same columns in the same order: those are sorted once. */
export function createRowHash(): RowHash {
  let names: readonly string[] = [];
  /** Places in `names`, in the order of the names, and each name as JSON. */
  let order: readonly number[] = [];
  let labels: readonly string[] = [];

  const learn = (found: readonly string[]): void => {
    names = found;
    order = found.map((_, index) => index).sort((a, b) => compare(found[a] as string, found[b] as string));
    labels = order.map((place, index) => `${index === 0 ? '' : ','}${JSON.stringify(found[place])}:`);
  };

  return (value) => {
    const found = Object.keys(value);
    if (!isSame(found, names)) learn(found);
    let text = '{';
    for (let index = 0; index < order.length; index++)
      text += labels[index] + canonicalJson(value[found[order[index] as number] as string]);
    return hash('sha256', `${text}}`, 'hex').slice(0, 16);
  };
}

function isSame(some: readonly string[], others: readonly string[]): boolean {
  if (some.length !== others.length) return false;
  for (let index = 0; index < some.length; index++) if (some[index] !== others[index]) return false;
  return true;
}

function canonicalJson(value: unknown): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  const entries = Object.entries(value).sort(([a], [b]) => compare(a, b));
  return `{${entries.map(([name, part]) => `${JSON.stringify(name)}:${canonicalJson(part)}`).join(',')}}`;
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
