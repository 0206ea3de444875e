// The server that is measured, with a daemon that has nothing to do.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { createDaemon, createLog, startHttpServer } from '../../server/dist/index.js';

const { journal, folder } = JSON.parse(process.argv[2]);
const root = join(folder, 'workflows');
mkdirSync(root);
const log = createLog('silent', () => {});
const start = () => {
  throw new Error('There is nothing to start.');
};
const daemon = await createDaemon({ roots: [{ path: root, isFile: false }], journalPath: journal, start, log });
const server = await startHttpServer({
  daemon,
  journalPath: journal,
  hosts: [],
  listen: { host: '127.0.0.1', port: 0 },
});
process.on('disconnect', () => process.exit());
process.on('message', async () => {
  await server.close();
  await daemon.stop();
  process.send({}, () => process.exit());
});
process.send({ url: server.url });
