import { runWorkflow } from '@millrace/runner';
import { filter } from 'rxjs';
import type { Terminal } from '../terminal.ts';

/**
 * How workflows are run: with spans where an SDK of OpenTelemetry was loaded before the program, as by `NODE_OPTIONS="--import ./otel.mjs"`.
 * Without one nothing of it is loaded.
 */
export async function tracedRuns(env: Terminal['env']): Promise<typeof runWorkflow> {
  if (!hasTracer()) return runWorkflow;
  const { parentFrom, traceRun } = await import('@millrace/telemetry');
  return (workflow, world) =>
    runWorkflow(workflow, { ...world, calls: true }).pipe(
      traceRun({ parent: parentFrom(env) }),
      // What a run prints does not depend on who watches it.
      filter(({ type }) => type !== 'call-start' && type !== 'call-end'),
    );
}

/** Where @opentelemetry/api, whichever copy, keeps what has been registered. */
const registered = Symbol.for('opentelemetry.js.api.1');

function hasTracer(): boolean {
  const api = (globalThis as { readonly [registered]?: { readonly trace?: unknown } })[registered];
  return api?.trace !== undefined;
}
