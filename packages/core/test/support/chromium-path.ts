import { existsSync } from 'node:fs';

const usual = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

/**
 * Where Chromium is: what CHROMIUM_PATH says, else in one of the usual places; undefined where there is none, or where
 * CHROMIUM_PATH is empty.
 */
export function chromiumPath(): string | undefined {
  const { CHROMIUM_PATH: wanted } = process.env;
  if (wanted === undefined) return usual.find((path) => existsSync(path));
  if (wanted !== '' && !existsSync(wanted)) throw new Error(`CHROMIUM_PATH is ${wanted}, and there is no such file.`);
  return wanted === '' ? undefined : wanted;
}
