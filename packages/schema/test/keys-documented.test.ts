import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { builtInKinds } from '@millrace/runner';
import { composeSchema, type JsonSchema } from '@millrace/schema';

const page = readFileSync(new URL('../../../docs/workflows.md', import.meta.url), 'utf8');

/** The keys of a schema, and of the maps in it; not the options, which are Ollama's. */
function keysOf(schema: unknown): string[] {
  if (typeof schema !== 'object' || schema === null) return [];
  return Object.entries(schema).flatMap(([keyword, inner]) => {
    if (keyword === 'examples' || keyword === 'default') return [];
    if (keyword !== 'properties') return keysOf(inner);
    return Object.entries(inner as Readonly<Record<string, JsonSchema>>).flatMap(([key, own]) =>
      key === 'options' ? [key] : [key, ...keysOf(own)],
    );
  });
}

test('docs/workflows.md names every key of the language', () => {
  const keys = [...new Set(keysOf(composeSchema(builtInKinds)))];
  expect(keys.length).toBeGreaterThan(70);
  const isNamed = (key: string): boolean =>
    new RegExp(`\`[^\`\\n]*\\b${key}\\b[^\`\\n]*\``).test(page) || page.includes(`${key}:`);
  expect(keys.filter((key) => !isNamed(key))).toEqual([]);
});
