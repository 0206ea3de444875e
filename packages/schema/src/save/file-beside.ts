import { rowFile } from './row-file.ts';

/**
 * Where the groups of a reduce go that no `save.over` names: beside the rows as `NAME.STEP.jsonl`, NAME being `to` without its ending;
 * beside files of a row each as `STEP.jsonl`. Undefined where the rows go to standard output.
 */
export function fileBeside(to: string, step: string): string | undefined {
  if (to === '-') return undefined;
  const file = `${step}.jsonl`;
  if (!rowFile(to)) return `${to.replace(/\.[^./\\]+$/, '')}.${file}`;
  return to.slice(0, Math.max(to.lastIndexOf('/'), to.lastIndexOf('\\')) + 1) + file;
}
