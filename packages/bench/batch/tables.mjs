import { table, withSpread } from '../table.mjs';

/** A number as people read it. */
export const count = (value) => value.toLocaleString('en');

const whole = (value) => value.toFixed(0);
const wholes = ({ median, low, high }) => `${whole(median)} (${whole(low)}–${whole(high)})`;

/** The tables of the regimes, in Markdown. */
export const tables = {
  span: (report, [rows]) =>
    table(
      ['subject', `span of ${count(rows)} rows ÷ floor`, 'span, ms', 'cores that the server used'],
      report.map(({ subject, span, spanMs, serverShare }) => [
        subject,
        withSpread(span),
        wholes(spanMs),
        withSpread(serverShare),
      ]),
    ),
  cpu: (report, [few, many]) =>
    table(
      [
        'subject',
        'CPU a row ÷ floor',
        `whole CPU of ${count(few)} ÷ floor`,
        `whole CPU of ${count(many)} ÷ floor`,
        'CPU a row, µs',
        `whole CPU of ${count(few)}, ms`,
      ],
      report.map(({ subject, row, wholeFew, wholeMany, rowUs, wholeFewMs }) => [
        subject,
        ...[row, wholeFew, wholeMany].map((ratio) => withSpread(ratio)),
        whole(rowUs),
        wholes(wholeFewMs),
      ]),
    ),
  memory: growthTable,
  million: growthTable,
  nothing: ({ rows, wallMs, cpuMs, peakMiB, calls }) =>
    table(
      ['rows of the finished run', 'time, ms', 'CPU, ms', 'peak, MiB', 'calls'],
      [[count(rows), ...[wallMs, cpuMs, peakMiB, calls].map(wholes)]],
    ),
};

function growthTable(report, counts) {
  return table(
    [
      'subject',
      ...counts.map((rows) => `peak of ${count(rows)}, MiB`),
      ...counts.slice(1).map((rows, place) => `µs of CPU a row, ${count(counts[place])} to ${count(rows)}`),
    ],
    report.map(({ subject, peakMiB, rowUs }) => [subject, ...peakMiB.map(wholes), ...rowUs.map(whole)]),
  );
}
