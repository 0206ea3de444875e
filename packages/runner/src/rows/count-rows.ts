import type { LoadedWorkflow } from '../load-workflow.ts';

/**
 * Counts the rows of a workflow's input, those that `where` leaves out included: what a progress display needs for its end.
 *
 * @param stopped Asked now and then, so that a count of a huge file ends with the run; the result is undefined then.
 * @returns 1 without `each`; undefined for standard input, and where the input cannot be read to its end.
 */
export async function countRows(
  { rows }: LoadedWorkflow,
  stopped: () => boolean = () => false,
): Promise<number | undefined> {
  if (!rows) return 1;
  const { source } = rows;
  if (!source.isRepeatable) return undefined;
  let count = 0;
  try {
    const known = await source.count();
    if (known !== undefined) return known;
    for await (const _ of source.rows()) {
      count++;
      if (stopped()) return undefined;
    }
    return count;
  } catch {
    return undefined; // the run itself reports it
  }
}
