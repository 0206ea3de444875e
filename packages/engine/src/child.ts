import type { ChildMessage, ChildOptions } from './child-message.ts';
import { serveEngine } from './serve-engine.ts';

// The parent decides when the engine ends: Ctrl-C reaches the whole process group and must not end it too early. When
// the parent is gone, killed or not, so is the channel to it, and with it the reason to live.
process.on('SIGINT', () => {});
process.on('SIGTERM', () => process.exit(0));
process.on('disconnect', () => process.exit(0));

const tell = (message: ChildMessage, then = () => {}) => {
  if (process.connected) process.send?.(message, then);
  else process.exit(0);
};

try {
  const options: ChildOptions = JSON.parse(process.argv[2] ?? '{}'); // written by start-engine.ts
  const { baseUrl } = await serveEngine({ ...options, onLog: (message) => process.stderr.write(`${message}\n`) });
  tell({ type: 'ready', baseUrl });
} catch (error) {
  const { message, hint, cause } = error as { message: string; hint: string; cause?: unknown }; // serveEngine's only kind
  const reason = cause instanceof Error ? cause.message : undefined;
  tell({ type: 'failed', message, hint, ...(reason === undefined ? {} : { cause: reason }) }, () => process.exit(1));
}
