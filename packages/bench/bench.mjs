// `npm run bench -- KIND`: each kind of measurement has a file and its own flags.
const kinds = {
  core: 'core beside other clients, and beside the least that can be written by hand',
  batch: '`millrace run` over many rows, beside a loop by hand and other clients',
  scheduling: 'what is asked of a server when: models that do not fit together, slots, windows, many hosts',
  api: 'the HTTP API over a run of a million rows in work',
  start: 'how long the command line takes to start, beside `node -e 0`',
};

const [kind] = process.argv.splice(2, 1);
if (Object.hasOwn(kinds, kind ?? '')) await import(`./${kind}.mjs`);
else {
  const lines = Object.entries(kinds).map(([name, what]) => `  ${name.padEnd(10)} ${what}`);
  console.error(`Usage: npm run bench -- KIND [--help]\n\n${lines.join('\n')}`);
  process.exitCode = kind === '--help' ? 0 : 2;
}
