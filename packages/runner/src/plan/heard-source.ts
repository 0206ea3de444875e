import { nextTurn } from '../next-turn.ts';
import type { RowsSource } from '../rows/open-source.ts';

/** Rows between two looks at timers and signals. */
const inTurn = 64;

/** Rows like those of a source, between which timers and signals are heard. @param onRows Called now and then, with the rows so far. @throws What it throws. */
export const heardSource = (
  source: Pick<RowsSource, 'rows' | 'isRepeatable'>,
  onRows: (rows: number) => void,
): Pick<RowsSource, 'rows' | 'isRepeatable'> => ({
  isRepeatable: source.isRepeatable,
  async *rows() {
    let count = 0;
    for await (const row of source.rows()) {
      if (count++ % inTurn === 0) {
        await nextTurn();
        onRows(count);
      }
      yield row;
    }
  },
});
