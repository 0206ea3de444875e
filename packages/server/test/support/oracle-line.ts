/** A cron line read once more, as plainly as can be, and without croner: the second opinion of the tests. */
export interface OracleLine {
  readonly isFixedTime: boolean;
  readonly seconds: readonly boolean[];
  readonly minutes: readonly boolean[];
  readonly hours: readonly boolean[];
  /** Whether a day matches, by its midnight in wall time. */
  readonly isDay: (midnight: number) => boolean;
}

const months = ['', 'jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
const weekdays = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];
const nicknames: Readonly<Record<string, string>> = {
  '@yearly': '0 0 1 1 *',
  '@annually': '0 0 1 1 *',
  '@monthly': '0 0 1 * *',
  '@weekly': '0 0 * * 0',
  '@daily': '0 0 * * *',
  '@midnight': '0 0 * * *',
  '@hourly': '0 * * * *',
};

export function oracleLine(text: string): OracleLine {
  const fields = (nicknames[text] ?? text).trim().split(/\s+/);
  const [s, m, h, dayField, month, weekday] = (fields.length === 5 ? ['0', ...fields] : fields) as [
    string,
    string,
    string,
    string,
    string,
    string,
  ];
  const inMonth = flags(month, 13, months);
  return {
    isFixedTime: !/[*,/-]/.test(m + h),
    seconds: flags(s, 60),
    minutes: flags(m, 60),
    hours: flags(h, 24),
    isDay(midnight) {
      const date = new Date(midnight);
      if (!inMonth[date.getUTCMonth() + 1]) return false;
      const isDate = dayField.split(',').some((part) => isDayOfMonth(part, date));
      const isWeekday = weekday.split(',').some((part) => isDayOfWeek(part, date));
      if (dayField === '*') return isWeekday;
      return weekday === '*' ? isDate : isDate || isWeekday;
    },
  };
}

function isDayOfMonth(part: string, date: Date): boolean {
  if (part.toUpperCase() === 'L') return new Date(date.getTime() + 86_400_000).getUTCDate() === 1;
  return flags(part, 32)[date.getUTCDate()] === true;
}

function isDayOfWeek(part: string, date: Date): boolean {
  const [name = '', nth] = part.split('#');
  const on = flags(name, 8, weekdays);
  const matches = on[date.getUTCDay()] || (date.getUTCDay() === 0 && on[7]);
  return Boolean(matches) && (nth === undefined || Math.ceil(date.getUTCDate() / 7) === Number(nth));
}

/** Which numbers below a bound a field chooses. */
function flags(field: string, bound: number, names: readonly string[] = []): boolean[] {
  const first = bound === 13 || bound === 32 ? 1 : 0;
  const number = (text: string): number => (names.includes(text) ? names.indexOf(text) : Number(text));
  const chosen = new Array<boolean>(bound).fill(false);
  for (const part of field.split(',')) {
    const [range = '', step = '1'] = part.split('/');
    const [low = '', high = low] = range.split('-');
    const [from, to] = range === '*' ? [first, bound - 1] : [number(low), number(high)];
    for (let value = from; value <= to; value += Number(step)) chosen[value] = true;
  }
  return chosen;
}
