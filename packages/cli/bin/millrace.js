#!/usr/bin/env node
import { existsSync } from 'node:fs';
import { setFlagsFromString } from 'node:v8';

const [, , command, subcommand] = process.argv;
if (command === 'run' || subcommand === 'retry' || subcommand === 'resume') {
  // It may take hours beside a model that needs the memory: docs/decisions/2026-11-23-a-small-heap.md
  setFlagsFromString('--heap-growing-percent=40');
} else {
  // Most commands end within a second, sooner than it pays to optimise what they run: docs/decisions/2026-11-23-no-optimising-at-first.md
  setFlagsFromString('--no-opt');
  setTimeout(() => setFlagsFromString('--opt'), 1000).unref();
}

const program = new URL('../dist-bundle/main.js', import.meta.url);
if (existsSync(program)) {
  const { main } = await import(program);
  process.exitCode = await main(process);
} else {
  console.error('Millrace has not been built: run `npm run setup` in its folder.');
  process.exitCode = 1;
}
