import { Agent, get } from 'node:http';

/** Asks each route so often, in turns; gives milliseconds to the last byte, of streams to the first event of a row. */
export async function askAll(url, rows, asks) {
  const agent = new Agent({ keepAlive: true });
  const late = Math.floor(rows * 0.9);
  const routes = {
    '`/healthz`': ['/healthz'],
    '`/api/runs`': ['/api/runs'],
    '`/api/runs?status=running`': ['/api/runs?status=running'],
    '`/api/runs/last`': ['/api/runs/last'],
    '`/rows`': ['/api/runs/last/rows'],
    '`/rows?status=ok`': ['/api/runs/last/rows?status=ok'],
    '`/rows?status=ok`, behind nine tenths': [`/api/runs/last/rows?status=ok&after=${late}`],
    '`/rows?status=failed`, behind nine tenths': [`/api/runs/last/rows?status=failed&after=${late}`],
    '`/rows?status=skipped`, behind nine tenths': [`/api/runs/last/rows?status=skipped&after=${late}`],
    '`/rows?status=degraded`, of which there are none': ['/api/runs/last/rows?status=degraded'],
    '`/rows/KEY`': [`/api/runs/last/rows/key-${late}`],
    '`/events`, the first row': ['/api/runs/last/events', 'event: row-end'],
    '`/events?after=`, behind nine tenths': [`/api/runs/last/events?after=${late}`, 'event: row-end'],
    '`/metrics`': ['/metrics'],
  };
  const times = Object.fromEntries(Object.keys(routes).map((name) => [name, []]));
  for (let round = -3; round < asks; round += 1) {
    for (const [name, [path, until]] of Object.entries(routes)) {
      const ms = await timeOf(url + path, until, agent);
      // The first rounds compile, and find the caches cold.
      if (round >= 0) times[name].push(ms);
    }
  }
  agent.destroy();
  return times;
}

function timeOf(url, until, agent) {
  const startedAt = performance.now();
  return new Promise((resolve, reject) => {
    const request = get(url, { agent: until === undefined ? agent : false }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (chunk) => {
        if (until === undefined) return;
        text += chunk;
        if (!text.includes(until)) return;
        resolve(performance.now() - startedAt);
        request.destroy();
      });
      response.on('end', () => {
        if (response.statusCode !== 200) reject(new Error(`${url} answers ${response.statusCode}.`));
        resolve(performance.now() - startedAt);
      });
    });
    request.on('error', reject);
  });
}
