// Run as a process of its own: starts an engine, says where it is, and then does as it is told.
import { startEngine } from '../dist/index.js';

const [how] = process.argv.slice(2);
const engine = await startEngine({ parallel: 2 });
process.stdout.write(`${JSON.stringify({ pid: engine.pid, baseUrl: engine.baseUrl })}\n`);

if (how === 'busy') {
  const body = JSON.stringify({
    model: 'millrace-micro',
    prompt: 'hi',
    format: { type: 'array', items: { const: 1 }, minItems: 1000 },
  });
  const loop = async () => {
    while (true)
      await fetch(`${engine.baseUrl}/api/generate`, { method: 'POST', body }).then((answer) => answer.text());
  };
  await Promise.all([loop(), loop(), loop()]);
}
