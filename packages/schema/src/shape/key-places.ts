import type { JsonSchema } from '../json-schema.ts';
import { mapIn } from '../yaml-map.ts';
import { ollamaOptions } from './ollama-options.ts';
import { modifiers } from './step-schema.ts';
import { stepsSchema, workflowSchema } from './workflow-schema.ts';

/** Says where a key belongs that stands in the wrong map. */
export type KeyPlaces = (key: string) => string | undefined;

/** Where each key of the language has its place. */
export function createKeyPlaces(kinds: readonly string[]): KeyPlaces {
  const top = mapIn(workflowSchema(stepsSchema).properties) as Readonly<Record<string, JsonSchema>>;
  const sections = Object.entries(top).flatMap(([section, { properties }]) =>
    Object.keys(mapIn(properties) ?? {}).map((key) => [key, `It belongs below \`${section}:\`.`] as const),
  );
  const places = new Map<string, string>([
    ...[...Object.keys(ollamaOptions), 'max_tokens'].map(
      (name) => [name, 'It belongs below `options:` of a step.'] as const,
    ),
    ...Object.keys(top).map((name) => [name, 'It belongs at the top of the file.'] as const),
    ...sections,
    ...[...kinds, ...Object.keys(modifiers)].map((name) => [name, 'It belongs in a step, below `steps:`.'] as const),
  ]);
  return (key) => places.get(key);
}
