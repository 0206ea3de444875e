/** What is wrong with rows. */
export type TroubleCode = 'KEY_DUPLICATE' | 'ROWS_BROKEN' | 'PROMPT_FAILS' | 'TEXT_MISSING';

/** Rows with the same trouble. */
export interface Trouble {
  readonly rows: number;
  /** Of the first one. */
  readonly message: string;
}

/** Counts rows by what is wrong with them. */
export interface RowTroubles {
  note(code: TroubleCode, message: string): void;
  /** In the order in which they were found. */
  readonly all: ReadonlyMap<TroubleCode, Trouble>;
}

/** Starts with none. */
export function createRowTroubles(): RowTroubles {
  const all = new Map<TroubleCode, Trouble>();
  return {
    all,
    note: (code, message) => {
      const known = all.get(code);
      all.set(code, { message: known?.message ?? message, rows: (known?.rows ?? 0) + 1 });
    },
  };
}
