/** Ends the process over a flag that makes no sense. */
export function fail(message) {
  console.error(message);
  process.exit(2);
}

/** The names of a list with commas; undefined where there is no list. */
export function listOf(flag, known) {
  const names = flag?.split(',');
  const unknown = names?.find((name) => !known.includes(name));
  if (unknown !== undefined) fail(`There is no \`${unknown}\`: choose of ${known.join(', ')}.`);
  return names;
}

/** A number from 1 on. */
export function wholeNumber(name, text) {
  const number = Number(text);
  if (!Number.isInteger(number) || number < 1) fail(`--${name} takes a number from 1 on, not \`${text}\`.`);
  return number;
}
