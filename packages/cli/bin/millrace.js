#!/usr/bin/env node
import { existsSync } from 'node:fs';
import { setFlagsFromString } from 'node:v8';

// Most commands end within a second, sooner than it pays to optimise what they run: docs/decisions/2026-11-23-no-optimising-at-first.md
if (process.argv[2] !== 'run') {
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
