import type { ServedWorkflow } from '../../daemon/daemon.ts';
import { scheduleJson } from './schedule-json.ts';

/** A workflow that is served. */
export const workflowJson = (workflow: ServedWorkflow) => {
  const { id, name, file, description, inputs, problems, schedule } = workflow;
  return {
    id,
    name,
    file,
    ...(description !== undefined && { description }),
    inputs,
    problems: problems.map(({ code, severity, message, hint, path, line, column }) => ({
      code,
      severity,
      message,
      hint,
      path,
      line,
      column,
    })),
    ...(schedule && { schedule: scheduleJson(schedule) }),
  };
};
