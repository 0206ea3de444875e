import { get } from 'node:http';
import { quantile } from '../statistics.mjs';

/** How long after a row has ended its event is here, seen for a time. */
export async function newsDelay(url, ms) {
  const run = await (await fetch(`${url}/api/runs/last`)).json();
  const delays = [];
  const seen = events(`${url}/api/runs/last/events?after=${run.counts.rows - 1}`, (line) => {
    const at = /"at":"([^"]+)"/.exec(line)?.[1];
    if (at && line.includes('"type":"row-end"')) delays.push(Date.now() - Date.parse(at));
  });
  await new Promise((resolve) => setTimeout(resolve, ms));
  seen.destroy();
  if (delays.length === 0) throw new Error('No row ended while its events were heard.');
  return { median: quantile(delays, 0.5), p95: quantile(delays, 0.95) };
}

/** How fast the events of all rows come. */
export async function replay(url) {
  const { counts } = await (await fetch(`${url}/api/runs/last`)).json();
  const startedAt = performance.now();
  let rows = 0;
  await new Promise((resolve, reject) => {
    const seen = events(
      `${url}/api/runs/last/events`,
      (line) => {
        if (line.startsWith('event: row-end') && ++rows === counts.rows) {
          seen.destroy();
          resolve();
        }
      },
      reject,
    );
  });
  return { rowsPerSecond: (rows / (performance.now() - startedAt)) * 1000 };
}

/** What readers that never read cost the server, in MiB. */
export async function standStill(url, readers, ms) {
  const before = await residentMiB(url);
  const requests = Array.from({ length: readers }, () => get(`${url}/api/runs/last/events`, { agent: false }));
  for (const request of requests) request.on('response', (response) => response.pause()).on('error', () => {});
  await new Promise((resolve) => setTimeout(resolve, ms));
  const after = await residentMiB(url);
  for (const request of requests) request.destroy();
  return { readers, before, after };
}

async function residentMiB(url) {
  const metrics = await (await fetch(`${url}/metrics`)).text();
  return Number(/^process_resident_memory_bytes (\S+)/m.exec(metrics)?.[1]) / 1024 ** 2;
}

function events(url, line, failed = () => {}) {
  let rest = '';
  const request = get(url, { agent: false }, (response) => {
    response.setEncoding('utf8').on('data', (chunk) => {
      const lines = (rest + chunk).split('\n');
      rest = lines.pop();
      for (const one of lines) line(one);
    });
    response.on('error', () => {});
  });
  request.on('error', failed);
  return request;
}
