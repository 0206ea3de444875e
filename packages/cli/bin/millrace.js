#!/usr/bin/env node
import { existsSync } from 'node:fs';

const program = new URL('../dist-bundle/main.js', import.meta.url);
if (existsSync(program)) {
  const { main } = await import(program);
  process.exitCode = await main(process);
} else {
  console.error('Millrace has not been built: run `npm run setup` in its folder.');
  process.exitCode = 1;
}
