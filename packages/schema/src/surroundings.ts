import type { ReadText } from './expressions/register-file.ts';
import type { Findings } from './findings.ts';
import { rowSource } from './row-source.ts';
import type { SaveTarget } from './save/save-targets.ts';
import type { Finding } from './source/source.ts';
import type { Columns, RowSource } from './workflow.ts';
import { isLiteral, mapIn, type YamlMap } from './yaml-map.ts';

/** What a check asks of the world around the file; each answer may be a finding, put at the place that asked. */
export interface Surroundings {
  /** The columns of the rows; undefined where they cannot be known. */
  columnsOf?(rows: RowSource): Promise<Columns | Finding | undefined>;
  /** Whether the results may be written there; with `${key}` in its name, a file for each row. */
  checkSave?(to: string): Promise<Finding | undefined>;
  /** Whether this host may be talked to. */
  checkHost?(host: string): Finding | undefined;
  /** Lends expressions the text of files, for as long as the workflow is used; a path must give the same text each time. */
  readonly readText?: ReadText;
  /** Replaces the model at the top of the file. */
  readonly model?: string;
}

/** Asks about the hosts, the targets and the rows that a file names; texts with expressions in them are wrong there and not asked. */
export async function askSurroundings(
  value: YamlMap,
  targets: readonly SaveTarget[],
  surroundings: Surroundings,
  findings: Findings,
): Promise<Columns | undefined> {
  const hosts = Array.isArray(value.hosts) ? value.hosts : [];
  hosts.forEach((host: unknown, index) => {
    const finding = isLiteral(host) ? surroundings.checkHost?.(host) : undefined;
    if (finding) findings.add(['hosts', index], 'value', finding);
  });
  for (const { path, to } of targets) {
    const refused = await surroundings.checkSave?.(to);
    if (refused) findings.add(path, 'value', refused);
  }
  return askColumns(mapIn(value.each), surroundings, findings);
}

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
