import type { Daemon, ServedSchedule } from '../daemon/daemon.ts';

/** Whether somebody should look at a schedule: its last run failed, or it is paused by failures. */
export const isFailing = ({ failures, paused }: ServedSchedule): boolean => failures > 0 || paused?.by === 'failures';

/** How many schedules are failing. */
export const countFailing = (daemon: Daemon): number =>
  daemon.workflows().filter(({ schedule }) => schedule && isFailing(schedule)).length;
