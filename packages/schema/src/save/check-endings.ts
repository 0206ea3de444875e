import type { Findings } from '../findings.ts';
import type { YamlPath } from '../source/yaml-path.ts';
import { nearest } from '../suggest.ts';
import { isLiteral } from '../yaml-map.ts';
import { rowFileProblem } from './row-file.ts';
import type { SaveTarget } from './save-targets.ts';

const lineEndings = ['.jsonl', '.ndjson', '.csv', '.tsv'] as const;
const tableEndings = [...lineEndings, '.parquet'] as const;

/** Finds files of `save` in which nothing is written, by their names; the others, which the world is asked about. */
export function checkEndings(targets: readonly SaveTarget[], findings: Findings): readonly SaveTarget[] {
  return targets.filter(({ path, to, of }) => {
    const refuse = (message: string, hint: string): false => {
      findings.add(path, 'value', { code: 'VALUE_INVALID', message, hint });
      return false;
    };
    if (of === 'rows' && to.includes('${')) {
      const problem = rowFileProblem(to);
      return problem ? refuse(problem.message, problem.hint) : true;
    }
    if (!isLiteral(to)) return false; // which is told elsewhere
    // What failed is written while it runs, and a parquet file at the end.
    const endings: readonly string[] = of === 'errors' ? lineEndings : tableEndings;
    const ending = endingOf(to);
    if (to === '-' || endings.includes(ending.toLowerCase())) return true;
    const isTable = (tableEndings as readonly string[]).includes(ending.toLowerCase());
    const message = isTable
      ? `Rows that fail are written one by one, which a \`${ending}\` file does not allow.`
      : ending === ''
        ? `The name \`${shorten(to)}\` has no ending, which says how results are written.`
        : `Results are not written as \`${shorten(ending)}\`.`;
    return refuse(message, endingHint(path, to, ending, endings));
  });
}

function endingHint(path: YamlPath, to: string, ending: string, endings: readonly string[]): string {
  const near = ending === '.json' ? '.jsonl' : nearest(ending, endings);
  if (near !== undefined) return `Did you mean \`${near}\`?`;
  const list = `Use ${endings.map((one) => `\`${one}\``).join(', ')}, or \`-\` for standard output`;
  if (path.at(-1) !== 'to') return `${list}.`;
  const folder = /[/\\]$/.test(to) ? to : to.slice(0, to.lastIndexOf('/') + 1);
  return `${list}; or \`${shorten(folder)}\${key}${ending || '.txt'}\` for one file a row.`;
}

const endingOf = (path: string): string => /[^/\\](\.[^./\\]+)$/.exec(path)?.[1] ?? '';

const shorten = (text: string): string => (text.length > 40 ? `${text.slice(0, 40)}…` : text);
