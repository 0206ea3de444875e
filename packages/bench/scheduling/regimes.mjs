import { hosts } from './hosts.mjs';
import { parallel } from './parallel.mjs';
import { real } from './real.mjs';
import { swap } from './swap.mjs';
import { swapMany } from './swap-many.mjs';
import { windows } from './windows.mjs';

/** What is measured, in this order; each has a `title`, measures, and makes a table of what it measured. */
export const regimes = { swap, 'swap-many': swapMany, parallel, windows, hosts, real };
