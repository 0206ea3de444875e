// Sets up, then runs the demonstration in this process, so that Ctrl-C reaches it directly: afresh, so that there is work to see each time.
// Further flags are those of `millrace run`.
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { setUp } from './setup.mjs';

endWithParent();
setUp();
process.chdir(dirname(dirname(fileURLToPath(import.meta.url))));
process.argv.splice(
  1,
  1,
  'millrace',
  'run',
  'workflows/review-replies.yaml',
  '--to',
  'out/review-replies.jsonl',
  '--new',
);
await import('../packages/cli/bin/millrace.js');

/** npm that is killed leaves its scripts running; a demonstration that nobody waits for should end. */
function endWithParent() {
  const parent = process.ppid;
  const watch = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(watch);
    process.kill(process.pid, 'SIGTERM');
  }, 250).unref();
}
