import { didYouMean } from './suggest.ts';

const fields = ['second', 'minute', 'hour', 'day of the month', 'month', 'day of the week'] as const;

const nicknames = ['@yearly', '@annually', '@monthly', '@weekly', '@daily', '@midnight', '@hourly'];

/** What is wrong with a cron expression of five or six fields; undefined where it is right and will be due some day. */
export async function explainCron(
  cron: string,
  zone: string | undefined,
): Promise<{ readonly message: string; readonly hint: string } | undefined> {
  const text = cron.trim();
  if (text.startsWith('@')) {
    if (nicknames.includes(text.toLowerCase())) return undefined;
    return { message: `There is no schedule \`${shorten(text)}\`.`, hint: didYouMean(text, nicknames) };
  }
  const parts = text.split(/\s+/);
  if (parts.length < 5 || parts.length > 6) {
    const message = `A cron expression has five or six fields, and this has ${text === '' ? 'none' : parts.length}.`;
    return { message, hint: 'Minute, hour, day of the month, month, day of the week: `0 2 * * mon-fri`.' };
  }
  const { Cron } = await import('croner');
  try {
    const isDue = new Cron(text, { paused: true, ...(zone !== undefined && { timezone: zone }) }).nextRun() !== null;
    return isDue ? undefined : { message: 'This is never due.', hint: 'There is no such day in any year.' };
  } catch (error) {
    return badField((error as Error).message, parts);
  }
}

const fieldWords: Readonly<Record<string, number>> = { second: 0, minute: 1, hour: 2, day: 3, month: 4, dayOfWeek: 5 };

/** croner counts the fields from the seconds on, or names them. */
function badField(reason: string, parts: readonly string[]): { readonly message: string; readonly hint: string } {
  const named = /(?:for|in|entry) ?(second|minute|hour|dayOfWeek|day|month|\d)\b/.exec(reason)?.[1] ?? '';
  const index = /\d/.test(named) ? Number(named) : fieldWords[named];
  const offset = 6 - parts.length;
  const part = index === undefined ? undefined : parts[index - offset];
  if (index === undefined || part === undefined) {
    return {
      message: `This is no cron expression: ${reason.replace(/^CronPattern: /, '').replace(/\.$/, '')}.`,
      hint: '',
    };
  }
  return { message: `\`${shorten(part)}\` is no ${fields[index]} of a cron expression.`, hint: hints[index] as string };
}

const hints: readonly string[] = [
  'Seconds are 0 to 59.',
  'Minutes are 0 to 59.',
  'Hours are 0 to 23.',
  'Days are 1 to 31, or `L` for the last one.',
  'Months are 1 to 12, or `jan` to `dec`.',
  'Days of the week are 0 to 7, or `sun` to `sat`.',
];

const shorten = (text: string): string => (text.length > 40 ? `${text.slice(0, 40)}…` : text);
