const { stderr } = process;

/** Says on stderr what runs, in one line of a terminal; nowhere else. */
export function showProgress(text) {
  if (stderr.isTTY) stderr.write(`\r\x1b[K${text}`);
}

/** Takes the line away. */
export function endProgress() {
  if (stderr.isTTY) stderr.write('\r\x1b[K');
}
