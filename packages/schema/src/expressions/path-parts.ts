/** A place as expressions and `pathsRead` write it (`row.text`, `row["Review Text"]`), in its names. */
export const pathParts = (path: string): readonly string[] =>
  [...path.matchAll(/\[("(?:[^"\\]|\\.)*")\]|([^.[\]]+)/g)].map(([, quoted, name]) =>
    quoted === undefined ? (name as string) : (JSON.parse(quoted) as string),
  );
