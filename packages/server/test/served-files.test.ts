import { chown, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from '@jest/globals';
import { createServedFiles } from '@millrace/server';

const cleanUps: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0)) await cleanUp();
});

const workflow = 'steps: { a: { set: "done" } }\nschedule: { every: 1h }\n';

async function folderWith(files: Readonly<Record<string, string>>): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'millrace-served-'));
  cleanUps.push(() => rm(folder, { recursive: true, force: true }));
  for (const [name, content] of Object.entries(files)) {
    await mkdir(join(folder, name, '..'), { recursive: true });
    await writeFile(join(folder, name), content);
  }
  return folder;
}

const idsOf = (files: ReturnType<typeof createServedFiles>): readonly string[] => files.all().map(({ id }) => id);

test('workflows have the path below their folder for a name, or below what holds all folders', async () => {
  const folder = await folderWith({
    'a/one.yaml': workflow,
    'b/deep/two.yml': workflow,
    'b/node_modules/x.yaml': workflow,
    'b/.hidden/y.yaml': workflow,
    'b/notes.txt': '',
  });
  const one = createServedFiles([{ path: folder, isFile: false }]);
  const several = createServedFiles([
    { path: join(folder, 'b', 'deep', 'two.yml'), isFile: true },
    { path: join(folder, 'a'), isFile: false },
  ]);
  for (const files of [one, several]) {
    expect(await files.look()).toBe(true);
    expect(idsOf(files)).toEqual(['a/one.yaml', 'b/deep/two.yml']);
    expect(await files.look()).toBe(false);
  }
});

test('links are not followed', async () => {
  const outside = await folderWith({ 'far.yaml': workflow, 'deep/farther.yaml': workflow });
  const folder = await folderWith({ 'near.yaml': workflow });
  await symlink(join(outside, 'far.yaml'), join(folder, 'link.yaml'));
  await symlink(join(outside, 'deep'), join(folder, 'deep'));
  const files = createServedFiles([{ path: folder, isFile: false }]);
  await files.look();
  expect(idsOf(files)).toEqual(['near.yaml']);
});

test('a host that is not this machine is more than a file may ask for, and rows that are not there yet are not', async () => {
  const folder = await folderWith({
    'far.yaml': `model: m\nhosts: ["http://gpu-box:11434"]\nsteps: { a: { generate: x } }\nschedule: { every: 1h }\n`,
    'later.yaml': 'each: { from: tonight.csv }\nsteps: { a: { set: "${row.text}" } }\nschedule: { every: 1h }\n',
  });
  const files = createServedFiles([{ path: folder, isFile: false }]);
  await files.look();
  expect(files.all()).toMatchObject([
    { id: 'far.yaml', problems: [{ code: 'HOST_REFUSED' }] },
    {
      id: 'later.yaml',
      problems: [{ code: 'FILE_NOT_FOUND' }],
      workflow: { schedule: { when: { everyMs: 3_600_000 } } },
    },
  ]);
  expect(files.all()[0]?.workflow).toBeUndefined();
});

// Only root can give a file away.
describe.each(process.getuid?.() === 0 ? ['root'] : [])('as %s', () => {
  test('a file of another user is not run', async () => {
    const folder = await folderWith({ 'theirs.yaml': workflow });
    await chown(join(folder, 'theirs.yaml'), 12_345, 12_345);
    const files = createServedFiles([{ path: folder, isFile: false }]);
    await files.look();
    expect(files.all()).toMatchObject([
      { problems: [{ message: 'The file belongs to the user 12345, and the server runs as 0.' }] },
    ]);
    expect(files.all()[0]?.workflow).toBeUndefined();
  });
});
