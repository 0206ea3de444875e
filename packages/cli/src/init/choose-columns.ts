/** The columns of a first workflow. */
export interface ChosenColumns {
  /** The one that is read. */
  readonly text: string;
  /** The one that names a row; absent: none looks like it. */
  readonly key?: string;
}

const textNames =
  /^(text|review|body|content|message|comment|description|question|prompt|abstract|article|post|tweet)s?$/i;
const keyNames = /^(id|key|uuid|guid|.*_id|path)$/i;
const hardlyText = /^(id|key|uuid|guid|.*_id|path|name|index|nr|no|label|date|time|.*_at|price|score|rating)$/i;

/** The columns that hold the text and the key, as far as their names say it; undefined where there is no column. */
export function chooseColumns(columns: readonly string[]): ChosenColumns | undefined {
  const text =
    columns.find((name) => textNames.test(name.trim())) ??
    columns.find((name) => /text|review|comment|message/i.test(name)) ??
    columns.find((name) => !hardlyText.test(name.trim())) ??
    columns[0];
  if (text === undefined) return undefined;
  const key = columns.find((name) => keyNames.test(name.trim()) && name !== text);
  return { text, ...(key !== undefined && { key }) };
}
