/** `2026-11-23T02:03:04.000Z` */
export const isoTime = (at: number): string => new Date(at).toISOString();
