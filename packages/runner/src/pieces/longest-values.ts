import { estimateTokens, pathParts, type Template } from '@millrace/schema';
import type { Names } from '../step-runner.ts';
import { type ValuePath, valueAt } from './value-at.ts';

/** A text, or a list of several items, that a prompt may have in it. */
export interface CuttableValue {
  readonly path: ValuePath;
  readonly value: string | readonly unknown[];
  /** By the estimate of the language. */
  readonly tokens: number;
}

/** What templates read of these names and could be cut, the longest first; a list before what is in it. */
export function longestValues(templates: readonly (Template | undefined)[], names: Names): readonly CuttableValue[] {
  const texts = new Set(templates.flatMap((template) => [...(template?.paths ?? [])]));
  const found = [...texts].flatMap((text) => {
    const path = pathParts(text);
    return cuttableIn(valueAt(names, path), path);
  });
  return found.filter(({ tokens }) => tokens > 0).sort((one, other) => other.tokens - one.tokens);
}

function cuttableIn(value: unknown, path: ValuePath): readonly CuttableValue[] {
  if (typeof value === 'string') return [{ path, value, tokens: estimateTokens(value) }];
  if (typeof value !== 'object' || value === null) return [];
  const inside = Object.entries(value).flatMap(([key, part]) =>
    cuttableIn(part, [...path, Array.isArray(value) ? Number(key) : key]),
  );
  if (!Array.isArray(value) || value.length < 2) return inside;
  return [{ path, value, tokens: tokensOfItems(value) }, ...inside];
}

/** What an item of a list has, as text or as JSON, with what stands between two. */
export const tokensOfItem = (item: unknown): number =>
  estimateTokens(typeof item === 'string' ? item : (JSON.stringify(item) ?? '')) + 1;

const tokensOfItems = (items: readonly unknown[]): number =>
  items.reduce<number>((sum, item) => sum + tokensOfItem(item), 0);
