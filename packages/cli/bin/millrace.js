#!/usr/bin/env node
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { setFlagsFromString } from 'node:v8';
import { loadProgram } from './load-program.js';

let [, , command = '--help', subcommand] = process.argv;
let flags = ['--no-opt'];
if (command === 'run' || subcommand === 'retry' || subcommand === 'resume') {
  // It may take hours beside a model that needs the memory, and its first rows wait for the compiler:
  // docs/decisions/2026-11-23-a-small-heap.md, docs/decisions/2026-11-23-less-inlining.md
  flags = ['--heap-growing-percent=40', '--max-inlined-bytecode-size-cumulative=300'];
  command = 'run';
} else {
  // Most commands end within a second, sooner than it pays to optimise what they run: docs/decisions/2026-11-23-no-optimising-at-first.md
  setTimeout(() => setFlagsFromString('--opt'), 1000).unref();
}
flags.forEach(setFlagsFromString);

const file = fileURLToPath(new URL('../dist-bundle/program.js', import.meta.url));
if (existsSync(file)) {
  const { program, keepCode } = loadProgram(file, command);
  process.exitCode = await program.main(process);
  if (process.exitCode === 0) {
    // Code counts for the flags that it was kept under.
    flags.forEach(setFlagsFromString);
    keepCode();
  }
} else {
  console.error('Millrace has not been built: run `npm run setup` in its folder.');
  process.exitCode = 1;
}
