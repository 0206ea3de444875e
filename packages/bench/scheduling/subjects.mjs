import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = (path) => fileURLToPath(new URL(path, import.meta.url));

const written =
  (path) =>
  ({ urls: [url], rows, output, models, parallel, options }) => [
    here(path),
    JSON.stringify({ url, rows, output, models, parallel, options }),
  ];

/** As a user calls it; the flags stand in for the paths that the workflow says. */
const called =
  (program) =>
  ({ urls, rows, output, folder }) => [
    ...[program, 'run', join(folder, 'workflow.yaml'), ...urls.flatMap((url) => ['--host', url])],
    ...['--from', rows, '--to', output, '--quiet'],
  ];

const millrace = here('../../cli/bin/millrace.js');

/**
 * What is compared, each as the arguments of its Node. The second Millrace is the control. `isOurs`: groups calls by itself and knows many hosts,
 * and is measured in every regime. Exit code 3 says that rows failed, which the bench counts itself.
 */
export const subjectsWith = (other) => [
  { name: 'millrace', args: called(millrace), isOurs: true, exitCodes: [0, 3] },
  { name: 'millrace again', args: called(millrace), isOurs: true, isControl: true, exitCodes: [0, 3] },
  ...(other ? [{ name: 'millrace other', args: called(other), isOurs: true, exitCodes: [0, 3] }] : []),
  {
    name: 'ollama-js + p-queue',
    args: written('../peers/node-20/chain-ollama-js.mjs'),
    needs: 'node-20',
    isByRow: true,
  },
  { name: 'LangChain batch', args: written('../peers/node-20/chain-langchain.mjs'), needs: 'node-20' },
];
