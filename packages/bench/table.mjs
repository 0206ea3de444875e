/** A table in Markdown, which is as readable in a terminal. */
export function table(head, rows) {
  const widths = head.map((title, column) => Math.max(title.length, ...rows.map((row) => row[column].length)));
  const line = (cells) => `| ${cells.map((cell, column) => cell.padEnd(widths[column])).join(' | ')} |`;
  return [line(head), line(widths.map((width) => '-'.repeat(width))), ...rows.map(line)].join('\n');
}

/** Ratios of a regime to the floor, with the middle half of the rounds behind each median. */
export function regimeTable(summaries) {
  const head = ['client', 'CPU hot', 'CPU cold', 'time hot', 'time cold', 'CPU hot, ms', 'CPU cold, ms', 'import, ms'];
  return table(
    head,
    summaries.map(({ subject, hotCpu, coldCpu, hotTime, coldTime, hotCpuMs, coldCpuMs, importMs }) => [
      subject,
      ...[hotCpu, coldCpu, hotTime, coldTime].map(withSpread),
      ...[hotCpuMs, coldCpuMs, importMs].map(({ median }) => median.toFixed(0)),
    ]),
  );
}

/** Milliseconds from the cancel to the closed socket. */
export function cancelTable(summaries) {
  const cell = (values) => (values === null ? 'not within 1 s' : withSpread(values));
  return table(
    ['client', 'before the headers, ms', 'mid-stream, ms'],
    summaries.map(({ subject, beforeHeadersMs, midStreamMs }) => [subject, cell(beforeHeadersMs), cell(midStreamMs)]),
  );
}

/** A figure with the middle half of the rounds behind it. */
export const withSpread = ({ median, low, high }) => `${median.toFixed(2)} (${low.toFixed(2)}–${high.toFixed(2)})`;
