// Builds what the Dockerfile says without Docker, and tries it: `node deploy/try-dockerfile.mjs`, with network for the packages.
import { spawn, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { buildStages } from './build-stages.mjs';

const context = fileURLToPath(new URL('..', import.meta.url));
const read = (name) => readFileSync(join(context, name), 'utf8');
const say = (text) => console.error(text);
const folder = mkdtempSync(join(tmpdir(), 'millrace-dockerfile-'));

try {
  const image = buildStages({
    dockerfile: read('Dockerfile'),
    dockerignore: read('.dockerignore'),
    context,
    folder,
    say,
  });
  const size = spawnSync('du', ['-sm', join(image.folder, 'opt/millrace')], { encoding: 'utf8' }).stdout.split('\t')[0];
  say(`/opt/millrace takes ${size} MB`);
  await tryImage(image);
} finally {
  rmSync(folder, { recursive: true, force: true });
}

async function tryImage({ folder: root, environment, entry, command, health }) {
  const [, , program, ...own] = entry; // behind `tini --`
  const start = (args, more = {}) => {
    const { OLLAMA_HOST: _, NODE_OPTIONS: __, MILLRACE_TOKEN: ___, ...inherited } = process.env;
    const env = { ...inherited, ...environment, ...more };
    return spawn(join(root, 'usr/local/bin', program), [...own, ...args], {
      cwd: join(root, 'workflows'),
      env,
      stdio: 'inherit',
    });
  };

  const prompt =
    'Classify the sentiment of this review as positive, negative or neutral.\\nReview: it is good\\nSentiment:';
  writeFileSync(join(root, 'workflows/one.yaml'), `model: millrace-micro\nsteps: { a: { generate: "${prompt}" } }\n`);
  await ends(start(['--version']), 0, 'millrace --version');
  await ends(start(['run', 'one.yaml', '--journal', join(root, 'journal')]), 0, 'a run on the embedded engine');

  const port = await freePort();
  const serve = [...command.map((word) => word.replace(/^\/(?=[a-z])/, `${root}/`)), '--port', port];
  await ends(start(serve), 2, 'a server without a token');
  const token = randomBytes(16).toString('hex');
  const server = start(serve, { MILLRACE_TOKEN: token });
  try {
    await untilHealthy(health.map((word) => word.replace('7373', port)));
    const ask = async (headers) => (await fetch(`http://127.0.0.1:${port}/api/workflows`, { headers })).status;
    const found = [await ask({}), await ask({ authorization: `Bearer ${token}` })].join();
    if (found !== '401,200') throw new Error(`The API answers ${found} without and with the token.`);
    say('a server with a token: as expected');
  } finally {
    server.kill('SIGTERM');
    await ends(server, 0, 'a server that is asked to stop');
  }
}

async function ends(child, code, what) {
  const hasEnded = child.exitCode !== null || child.signalCode !== null;
  const ended = hasEnded ? Promise.resolve([child.exitCode]) : once(child, 'exit');
  const isLate = await Promise.race([ended.then(() => false), setTimeout(60_000, true, { ref: false })]);
  if (isLate) child.kill('SIGKILL');
  const [found] = await ended;
  if (isLate || found !== code)
    throw new Error(`${what} ended with ${isLate ? 'nothing in a minute' : found}, not ${code}.`);
  say(`${what}: as expected`);
}

async function untilHealthy([program, ...args]) {
  for (const end = Date.now() + 30_000; Date.now() < end; await setTimeout(200)) {
    if (spawnSync(program, args, { stdio: 'inherit' }).status === 0) return;
  }
  throw new Error('The health check has failed for 30 seconds.');
}

async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  return String(port);
}
