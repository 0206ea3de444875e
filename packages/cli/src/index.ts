export { main } from './main.ts';
export type { ProcessLike } from './terminal.ts';
