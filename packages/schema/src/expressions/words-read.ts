import { isMap } from '../yaml-map.ts';
import { scanTemplate } from './scan-template.ts';

/** The words that may be names in the expressions of a value: more than it reads, where a macro's variable has the name of another. */
export function wordsRead(value: unknown): ReadonlySet<string> {
  const words = new Set<string>();
  const visit = (part: unknown): void => {
    if (typeof part === 'string') for (const word of wordsOfText(part)) words.add(word);
    else if (Array.isArray(part)) part.forEach(visit);
    else if (isMap(part)) Object.values(part).forEach(visit);
  };
  visit(value);
  return words;
}

function wordsOfText(text: string): readonly string[] {
  const parts = scanTemplate(text);
  if ('unclosedAt' in parts) return [];
  return parts.flatMap((part) => {
    if (part.type === 'text') return [];
    const code = part.code.replace(/"[^"\n]*"|'[^'\n]*'/g, '""');
    return code.match(/(?<![\w.])[a-z]\w*/g) ?? [];
  });
}
