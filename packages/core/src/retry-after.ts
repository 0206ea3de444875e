// Each of the three forms that HTTP knows of a date; `Date.parse` alone takes far more for one.
const httpDate =
  /^[A-Z][a-z]{2,8},? (\d\d[ -][A-Z][a-z]{2}[ -](\d\d|\d{4})|[A-Z][a-z]{2} [ \d]\d) \d\d:\d\d:\d\d( GMT| \d{4})$/;

/**
 * How many milliseconds a `Retry-After` header asks to wait: seconds, whole or not, or a date of HTTP. A date is seen from
 * the `Date` of the same answer where it has one, so that the clocks of server and client need not agree.
 *
 * @returns 0 for a date that is past; undefined where there is no header, or one that is neither.
 * @see https://www.rfc-editor.org/rfc/rfc9110#field.retry-after
 */
export function retryAfterMs(header: string | undefined, date?: string | undefined): number | undefined {
  if (header === undefined) return undefined;
  if (/^\d+(\.\d+)?$/.test(header)) return Math.min(Math.ceil(Number(header) * 1000), Number.MAX_SAFE_INTEGER);
  const then = timeOf(header);
  return then === undefined ? undefined : Math.max(0, then - (timeOf(date ?? '') ?? Date.now()));
}

function timeOf(text: string): number | undefined {
  if (!httpDate.test(text)) return undefined;
  const time = Date.parse(text.endsWith('GMT') ? text : `${text} GMT`); // one of the forms leaves the zone out
  return Number.isNaN(time) ? undefined : time;
}
