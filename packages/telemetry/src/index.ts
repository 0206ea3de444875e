export { parentFrom } from './parent-from.ts';
export { type TraceOptions, traceRun } from './trace-run.ts';
