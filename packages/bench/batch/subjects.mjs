import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { node22 } from '../install-peers.mjs';

const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const written =
  (path, ...more) =>
  ({ url, rows, output }) => [here(path), url, rows, output, ...more];

/** As a user calls it; the flags stand in for the paths that the workflow says. */
const called =
  (program) =>
  ({ url, rows, output, folder }) => [
    program,
    'run',
    join(folder, 'workflow.yaml'),
    ...['--host', url, '--from', rows, '--to', output, '--quiet'],
  ];

/**
 * What is compared, each as the arguments of its Node. The floor stands first: all others are divided by it, and its second run is the
 * control. `isOurs`: also in the regimes that are about Millrace alone.
 */
export const subjectsWith = (other) => [
  { name: 'floor', args: written('./floor.mjs'), isOurs: true },
  { name: 'floor again', args: written('./floor.mjs'), isOurs: true },
  { name: 'millrace', args: called(here('../../cli/bin/millrace.js')), isOurs: true },
  ...(other ? [{ name: 'millrace other', args: called(other), isOurs: true }] : []),
  { name: 'ollama-js + p-queue', args: written('../peers/node-20/batch-ollama-js.mjs'), needs: 'node-20' },
  {
    name: 'ollama-js streaming + p-queue',
    args: written('../peers/node-20/batch-ollama-js.mjs', 'stream'),
    needs: 'node-20',
  },
  { name: 'LangChain batch', args: written('../peers/node-20/batch-langchain.mjs'), needs: 'node-20' },
  { name: 'floor on Node 22', args: written('./floor.mjs'), needs: 'node-22', node: node22 },
  { name: 'AI SDK + p-limit', args: written('../peers/node-22/batch-ai-sdk.mjs'), needs: 'node-22', node: node22 },
];
