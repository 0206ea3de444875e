export { decideOverlap, type OverlapDecision, type RunsThere } from './policies/decide-overlap.ts';
export { isPausedByFailures, type RunResult } from './policies/is-paused-by-failures.ts';
export { missedTimes } from './policies/missed-times.ts';
export { startTime } from './policies/start-time.ts';
export { dueTimes, nextDue } from './times/due-times.ts';
