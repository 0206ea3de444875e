import type { Findings } from '../findings.ts';
import type { TypedStep } from '../steps/type-steps.ts';
import { isMap, mapIn, type YamlMap } from '../yaml-map.ts';
import { rowFile } from './row-file.ts';

/** What a file of one row would hold: the names of the fields, or of the steps, that it could be. */
export function contentsOfRow(
  fields: YamlMap | undefined,
  steps: readonly TypedStep[],
  bySteps: ReadonlyMap<string, ReadonlySet<string>>,
): readonly string[] {
  if (fields) return Object.keys(fields);
  const ofRows = steps.filter(({ isReduce }) => !isReduce);
  const read = new Set(ofRows.flatMap(({ id, value }) => [...(bySteps.get(id) ?? []), ...standInOf(value)]));
  return ofRows.map(({ id }) => id).filter((id) => !read.has(id));
}

const standInOf = ({ on_error: onError }: YamlMap): readonly string[] =>
  isMap(onError) && typeof onError.run === 'string' ? [onError.run] : [];

/** Finds a file for each row where there are no rows, or where it is not clear which value it holds. */
export function checkRowFile(value: YamlMap, contents: readonly string[], findings: Findings): void {
  const { to, fields } = mapIn(value.save) ?? {};
  if (typeof to !== 'string' || !rowFile(to)) return;
  if (value.each === undefined) {
    const message = 'There is no `key` here: without `each:` there are no rows.';
    const hint = 'Remove `${key}`, or add `each:` with the rows.';
    findings.add(['save', 'to'], 'value', { code: 'NAME_UNKNOWN', message, hint });
  }
  if (contents.length < 2) return;
  if (isMap(fields)) {
    findings.add(['save', 'fields'], 'key', {
      code: 'VALUE_INVALID',
      message: `A file for each row holds one value, and here are ${contents.length} fields.`,
      hint: 'Make one field of them, with a map as its value; or save one file for all rows.',
    });
    return;
  }
  const ends = contents.slice(0, 5).map((id) => `\`${id}\``);
  findings.add(['save'], 'key', {
    code: 'KEY_MISSING',
    message: `A file for each row holds one value, and it could be that of ${ends.join(' or ')}.`,
    hint: `Say which: \`fields: { text: "\${${contents[0]}}" }\`.`,
  });
}
