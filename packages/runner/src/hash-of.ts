import { createHash } from 'node:crypto';

/** 16 hexadecimal digits of the hash of plain data. */
export const hashOf = (value: unknown): string =>
  createHash('sha256').update(JSON.stringify(value)).digest('hex').slice(0, 16);
