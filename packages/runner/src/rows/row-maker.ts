/** Makes rows of lists of cells, one for each name; `toValue` gives the cells their values. */
export function rowMaker<Cell>(
  names: readonly string[],
  toValue: (cell: Cell, index: number) => unknown,
): (cells: readonly Cell[]) => Readonly<Record<string, unknown>> {
  // An assignment to `__proto__` makes no column.
  if (names.includes('__proto__'))
    return (cells) => Object.fromEntries(names.map((name, index) => [name, toValue(cells[index] as Cell, index)]));
  return (cells) => {
    const value: Record<string, unknown> = {};
    for (let index = 0; index < names.length; index++)
      value[names[index] as string] = toValue(cells[index] as Cell, index);
    return value;
  };
}
