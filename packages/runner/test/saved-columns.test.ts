import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { allEvents, folderWith, loaded } from './scene.ts';

test('without fields, a step that is called like a column takes its place, and the key stands once', async () => {
  const folder = await folderWith({
    'r.csv': 'key,text,mood\na,x,old\n',
    'w.yaml': `each: { from: r.csv, key: "\${row.key}" }
steps:
  mood: { set: "new \${row.mood}" }
  last: { set: "\${mood}!" }
  text: { over: last, set: "\${items}" }
save: { to: o.csv }
`,
  });
  await allEvents(await loaded(join(folder, 'w.yaml')), { hosts: [] });
  expect(await readFile(join(folder, 'o.csv'), 'utf8')).toBe('key,text,mood,last\na,x,new old,new old!\n');
});
