import type { ReadText } from './expressions/register-file.ts';
import type { Findings } from './findings.ts';
import { rowSource } from './row-source.ts';
import type { SaveTarget } from './save/save-targets.ts';
import type { ShapedStep } from './shape/check-step.ts';
import type { Finding } from './source/source.ts';
import type { Columns, RowSource } from './workflow.ts';
import { isLiteral, mapIn, type YamlMap } from './yaml-map.ts';

/** What a check asks of the world around the file; each answer may be a finding, put at the place that asked. */
export interface Surroundings {
  /** The columns of the rows; undefined where they cannot be known. */
  columnsOf?(rows: RowSource): Promise<Columns | Finding | undefined>;
  /** Whether the results may be written there; with `${key}` in its name, a file for each row. */
  checkSave?(to: string): Promise<Finding | undefined>;
  /** Whether there is a file, a folder or what a pattern such as `inbox/*.csv` may stand for, and it may be read. */
  checkFile?(path: string): Promise<Finding | undefined>;
  /** Whether this host may be talked to. */
  checkHost?(host: string): Finding | undefined;
  /** Lends expressions the text of files, for as long as the workflow is used; a path must give the same text each time. */
  readonly readText?: ReadText;
  /** Replaces the model at the top of the file. */
  readonly model?: string;
}

/** The places of a file that name others. */
interface NamedFiles {
  readonly targets: readonly SaveTarget[];
  readonly steps: readonly ShapedStep[];
}

/** Asks about the hosts, the targets and the rows that a file names; texts with expressions in them are wrong there and not asked. */
export async function askSurroundings(
  value: YamlMap,
  named: NamedFiles,
  surroundings: Surroundings,
  findings: Findings,
): Promise<Columns | undefined> {
  for (const [index, host] of listIn(value.hosts).entries()) {
    const finding = isLiteral(host) ? surroundings.checkHost?.(host) : undefined;
    if (finding) findings.add(['hosts', index], 'value', finding);
  }
  for (const { path, to } of named.targets) {
    const refused = await surroundings.checkSave?.(to);
    if (refused) findings.add(path, 'value', refused);
  }
  await askFiles(value, named.steps, surroundings, findings);
  return askColumns(mapIn(value.each), surroundings, findings);
}

/** Asks about images that are named as they are, and about what is watched, where a file may come to be later. */
async function askFiles(
  value: YamlMap,
  steps: readonly ShapedStep[],
  surroundings: Surroundings,
  findings: Findings,
): Promise<void> {
  const answers = new Map<string, Promise<Finding | undefined>>();
  const ask = (path: string): Promise<Finding | undefined> => {
    const answer = answers.get(path) ?? surroundings.checkFile?.(path) ?? Promise.resolve(undefined);
    answers.set(path, answer);
    return answer;
  };
  for (const { id, value: step } of steps) {
    for (const [index, image] of listIn(step.images).entries()) {
      const refused = isLiteral(image) && !image.startsWith('data:') ? await ask(image) : undefined;
      if (refused) findings.add(['steps', id, 'images', index], 'value', refused);
    }
  }
  for (const [index, path] of listIn(mapIn(mapIn(value.schedule)?.watch)?.paths).entries()) {
    const refused = isLiteral(path) ? await ask(path) : undefined;
    if (!refused) continue;
    const severity = refused.code === 'FILE_NOT_FOUND' ? 'warning' : 'error';
    findings.add(['schedule', 'watch', 'paths', index], 'value', { ...refused, severity });
  }
}

const listIn = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

async function askColumns(
  each: YamlMap | undefined,
  surroundings: Surroundings,
  findings: Findings,
): Promise<Columns | undefined> {
  const rows = each && rowSource(each);
  if (!rows) return undefined;
  const answer = await surroundings.columnsOf?.(rows);
  if (!isFinding(answer)) return answer;
  findings.add(['each', 'from'], 'value', answer);
  return undefined;
}

// A file may have columns called `code` and `message`, but their types are no words of the table of codes.
const isFinding = (answer: Columns | Finding | undefined): answer is Finding =>
  answer !== undefined && typeof answer.message === 'string' && /^[A-Z_]+$/.test(String(answer.code));
