import { scanTemplate } from '../expressions/scan-template.ts';

/**
 * The path of a row's own file, where `save.to` has `${key}` in its name; undefined where one file holds all rows.
 *
 * @returns Takes the key as it is to stand in the path: percent-encoded to one file name, since it is text of the row.
 */
export function rowFile(to: string): ((encodedKey: string) => string) | undefined {
  const parts = partsOf(to);
  if (!parts?.some((part) => part === key)) return undefined;
  return (encodedKey) => parts.map((part) => (part === key ? encodedKey : part.text)).join('');
}

/** What is wrong with the name of a file for each row; undefined where it is right, or one file for all. */
export function rowFileProblem(to: string): { readonly message: string; readonly hint: string } | undefined {
  if (!to.includes('${')) return undefined;
  const parts = partsOf(to);
  if (!parts) {
    const message = 'No other expression than `${key}` can stand here: the rest is read before the first row.';
    return { message, hint: 'Write `out/${key}.md`, for example; what `key` is says `each.key`.' };
  }
  const behind = parts.slice(parts.indexOf(key) + 1);
  if (behind.some((part) => part !== key && /[/\\]/.test(part.text))) {
    const message = '`${key}` stands in the name of a folder, and can be in that of a file only.';
    return { message, hint: 'Write `out/${key}.md`, for example.' };
  }
  if (!/\.parquet$/i.test(to)) return undefined;
  const message = 'A file for each row holds one value, and a parquet file is a table of many.';
  return { message, hint: 'Choose another ending, or one file for all rows.' };
}

/** Where the key stands. */
const key = { text: '${key}' } as const;

type Part = typeof key | { readonly text: string };

/** Undefined where something else than the key is in `${…}`. */
function partsOf(to: string): readonly Part[] | undefined {
  const scanned = scanTemplate(to);
  if ('unclosedAt' in scanned) return undefined;
  const isFit = scanned.every((part) =>
    part.type === 'text' ? !part.text.includes('${') : part.code.trim() === 'key',
  );
  return isFit ? scanned.map((part) => (part.type === 'text' ? { text: part.text } : key)) : undefined;
}
