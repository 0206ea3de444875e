const { stderr } = process;
const largeCount = 100_000;

/** Says on stderr what runs: on a terminal in one line, elsewhere a line for each tenth of a run that takes minutes. */
export function showProgress(what, rows) {
  if (stderr.isTTY) {
    stderr.write(`\r\x1b[K${what}, ${rows.toLocaleString('en')} rows`);
    return (calls) =>
      stderr.write(`\r\x1b[K${what}, ${calls.toLocaleString('en')} of ${rows.toLocaleString('en')} rows`);
  }
  if (rows < largeCount) return undefined;
  let tenths = 0;
  return (calls) => {
    if (Math.floor((10 * calls) / rows) <= tenths) return;
    tenths = Math.floor((10 * calls) / rows);
    stderr.write(`${what}, ${calls.toLocaleString('en')} of ${rows.toLocaleString('en')} rows\n`);
  };
}

/** Takes the line away. */
export function endProgress() {
  if (stderr.isTTY) stderr.write('\r\x1b[K');
}
