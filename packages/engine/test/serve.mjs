// Run as a process of its own: serves in this very process and reports what happens, one JSON line each.
import { bundledModels, serveEngine } from '../dist/index.js';

const report = (value) => process.stdout.write(`${JSON.stringify(value)}\n`);
const describe = ({ code, message, hint, cause }) => ({ code, message, hint, cause: cause?.code });

const engine = await serveEngine({ parallel: 1 });
const port = Number(new URL(engine.baseUrl).port);
const ask = (body) => fetch(`${engine.baseUrl}/api/generate`, { method: 'POST', body: JSON.stringify(body) });
report(
  await ask({ model: bundledModels[0], prompt: 'hi', stream: false, options: { temperature: 0 } }).then((answer) =>
    answer.json(),
  ),
);
report(await serveEngine({ port }).catch(describe));
report(await serveEngine({ host: '0.0.0.0' }).catch(describe));

const long = ask({
  model: bundledModels[0],
  prompt: 'hi',
  format: { type: 'array', items: { const: 1 }, minItems: 1000 },
});
const answer = await long;
await engine.close();
report(
  await answer.text().then(
    () => 'all of it',
    () => 'cut',
  ),
);
report(
  await fetch(engine.baseUrl).then(
    () => 'open',
    ({ cause }) => cause.code,
  ),
);

const again = await serveEngine({ port, host: 'localhost' });
report(await fetch(`${again.baseUrl}/`).then((response) => response.text()));
await again.close();
