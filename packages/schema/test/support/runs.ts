/** How often a property is tried: more often where MILLRACE_LONG is set. */
export const runs = (count: number, long: number = count * 10): number => (process.env.MILLRACE_LONG ? long : count);
