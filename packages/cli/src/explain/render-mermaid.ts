import { oneLine } from '../render/safe-text.ts';
import type { Edge, Explanation } from './explanation.ts';

/**
 * The graph of a workflow in Mermaid's language.
 *
 * @see https://mermaid.js.org/syntax/flowchart.html
 */
export function renderMermaid({ rows, steps, edges, save }: Explanation): string {
  const nodes = [
    ...(rows ? [`rows[(${label([rows.from])})]`] : []),
    ...steps.map(
      ({ id, kind, model, type, modifiers }) =>
        `step_${id}[${label([id, model === undefined ? kind : `${kind}, ${model}`, `→ ${type}`, ...shownOf(modifiers)])}]`,
    ),
    `save[/${label([save.to === undefined || save.to === '-' ? 'stdout' : save.to])}/]`,
  ];
  const arrows = { needs: '-->', may: '-.->', all: '==>' };
  const lines = edges.map(({ from, to, how }: Edge) => `${nodeOf(from)} ${arrows[how]} ${nodeOf(to)}`);
  return `${['flowchart TD', ...[...nodes, ...lines].map((line) => `  ${line}`)].join('\n')}\n`;
}

/** Some words, such as `end`, are Mermaid's own. */
const nodeOf = (id: string): string => (id === 'rows' || id === 'save' ? id : `step_${id}`);

const shownOf = (modifiers: Readonly<Record<string, string>>): string[] =>
  ['when', 'for', 'over', 'repeat'].flatMap((key) =>
    modifiers[key] === undefined ? [] : [`${key} ${modifiers[key]}`],
  );

const label = (lines: readonly string[]): string =>
  `"${lines.map((line) => escaped(oneLine(line, 80))).join('<br/>')}"`;

/** Mermaid reads marks of HTML and Markdown in a label, and `#…;` as a character. */
const escaped = (text: string): string => text.replaceAll(/[#"<>&`;*_\\]/g, (char) => `#${char.codePointAt(0)};`);
