import type { Think } from '@millrace/core';

/** How much a thinking model may be told to think. */
export const thinkLevels = ['on', 'off', 'low', 'medium', 'high', 'max'] as const;

/** One of them. */
export type ThinkLevel = (typeof thinkLevels)[number];

/** The level as a request says it. */
export const thinkOf = (level: ThinkLevel): Think => (level === 'on' ? true : level === 'off' ? false : level);

/** The other way round. */
export const thinkLevelOf = (think: Think): ThinkLevel => (think === true ? 'on' : think === false ? 'off' : think);
