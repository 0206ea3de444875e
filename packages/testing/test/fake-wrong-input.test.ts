import { expect, it } from '@jest/globals';
import { ask } from './client.ts';
import { useFakes } from './use-fake.ts';

const start = useFakes();

it.each([
  ['/api/chat', { messages: [null] }, 200],
  ['/api/chat', { messages: ['hi'] }, 400],
  ['/api/chat', { messages: [{ role: 'wizard', content: 'hi' }] }, 200],
  ['/api/chat', { messages: [{ role: 'user', content: [{ type: 'text', text: 'hi' }] }] }, 400],
  ['/api/chat', { messages: [{ role: 'user', content: null, tool_calls: 7 }] }, 200],
  ['/api/generate', { prompt: null }, 200],
  ['/api/generate', { prompt: 'x', options: null, format: '', think: null, keep_alive: null }, 200],
  ['/api/generate', { prompt: 'x', keep_alive: true }, 400],
  ['/api/generate', { prompt: 'x', options: { num_ctx: '4k' } }, 500],
  ['/api/generate', { prompt: 'x', options: { nonsense: {} } }, 200],
  ['/api/generate', { prompt: 'x', format: [] }, 500],
  ['/api/embed', { input: [1] }, 400],
  ['/api/show', {}, 200],
])('POST %s of %j is answered with %d, and the server lives on', async (path, body, status) => {
  const { url } = await start({ models: ['m'] });
  const answer = await ask(url, path, { model: 'm', ...body });
  expect(answer.status).toBe(status);
  expect((await ask(url, '/')).text).toBe('Ollama is running');
});

it('takes a prompt of four megabytes', async () => {
  const { url } = await start({ models: [{ name: 'm', contextLength: 2_000_000 }] });
  const prompt = 'word '.repeat(800_000);
  const answer = await ask(url, '/api/generate', {
    model: 'm',
    prompt,
    stream: false,
    options: { num_ctx: 2_000_000 },
  });
  expect(answer.json[0]).toMatchObject({ prompt_eval_count: 800_001, done: true });
});
