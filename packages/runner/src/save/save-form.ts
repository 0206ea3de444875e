import { extname } from 'node:path';
import { rowFile } from '@millrace/schema';

/** How results are written: line by line, as one Parquet file at the end, or as a file of its own for each row. */
export type SaveForm = 'lines' | 'parquet' | 'files';

/** The form that the name of a target asks for; whether its lines can be written, `lineFormat` says. */
export function saveForm(path: string): SaveForm {
  if (rowFile(path)) return 'files';
  return extname(path).toLowerCase() === '.parquet' ? 'parquet' : 'lines';
}
