import { encodingNamed } from './check-encoding.ts';
import { declaredType } from './expressions/names.ts';
import { rowFormats } from './shape/sections/each.ts';
import type { RowFormat, RowSource } from './workflow.ts';
import { mapIn, textIn, type YamlMap } from './yaml-map.ts';

/** What is to be read of the rows, where the file says it rightly; a column that is declared wrongly is left out. */
export function rowSource({ from, format, encoding, columns }: YamlMap): RowSource | undefined {
  if (typeof from !== 'string' || from === '' || from.includes('${')) return undefined;
  const label = textIn(encoding);
  const name = label === undefined ? undefined : encodingNamed(label);
  const isFormat = format === undefined || (rowFormats as readonly unknown[]).includes(format);
  if (!isFormat || (encoding !== undefined && name === undefined)) return undefined;
  const declared = Object.entries(mapIn(columns) ?? {}).filter(([, type]) => declaredType(type) !== 'dyn');
  return {
    from,
    ...(format !== undefined && { format: format as RowFormat }),
    ...(name !== undefined && { encoding: name }),
    columns: Object.fromEntries(declared) as RowSource['columns'],
  };
}
