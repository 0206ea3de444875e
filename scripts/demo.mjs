// Sets up, then runs the demonstration in this process, so that Ctrl-C reaches it directly.
import { dirname } from 'node:path';
import { chdir } from 'node:process';
import { fileURLToPath } from 'node:url';
import { setUp } from './setup.mjs';

setUp();
chdir(dirname(dirname(fileURLToPath(import.meta.url))));
const flags = process.argv.slice(2);
const demo = ['run', 'workflows/review-replies.yaml', '--to', 'out/review-replies.jsonl', ...flags];
process.argv = [process.argv[0], 'millrace', ...demo];
await import('../packages/cli/bin/millrace.js');
