/** How often a property is tried: ten times as often where MILLRACE_LONG is set. */
export const runs = (count: number): number => (process.env.MILLRACE_LONG ? count * 10 : count);
