import type { RunEnd, RunStart } from '@millrace/runner';
import type { Attributes } from '@opentelemetry/api';
import { names } from './attribute-names.ts';

/** What is known of a run when it begins. */
export const startAttributes = ({ workflow, id, found }: RunStart): Attributes => ({
  [names.workflow]: workflow,
  [names.runId]: id,
  [names.found]: found,
});

/** What it came to. @param reused Rows that ended at an earlier time. */
export const endAttributes = ({ status, counts, groups, tokens, unchanged }: RunEnd, reused: number): Attributes => ({
  [names.runStatus]: status,
  [names.rowsOk]: counts.ok,
  [names.rowsDegraded]: counts.degraded,
  [names.rowsFailed]: counts.failed,
  [names.rowsSkipped]: counts.skipped,
  [names.rowsReused]: reused,
  [names.tokensIn]: tokens.promptTokens,
  [names.tokensOut]: tokens.outputTokens,
  ...(groups && {
    [names.groupsOk]: groups.ok,
    [names.groupsFailed]: groups.failed,
    [names.groupsSkipped]: groups.skipped,
  }),
  ...(unchanged && { [names.unchanged]: true }),
});
