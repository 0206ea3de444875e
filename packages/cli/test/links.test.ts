import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { dirname, join, relative, resolve } from 'node:path';
import { expect, test } from '@jest/globals';
import { root } from './scene.ts';

/** Every page of the repository, from its root. */
async function pagesOf(): Promise<string[]> {
  const below = async (folder: string, isDeep: boolean): Promise<string[]> =>
    (await readdir(join(root, folder), { recursive: isDeep }))
      .filter((name) => name.endsWith('.md') && !name.includes('node_modules'))
      .map((name) => join(folder, name));
  const packages = (await readdir(join(root, 'packages'))).map((name) => join('packages', name, 'README.md'));
  const found = await Promise.all([below('.', false), below('docs', true), below('workflows', true)]);
  return [...found.flat(), ...packages.filter((page) => existsSync(join(root, page)))];
}

const withoutCode = (text: string): string => text.replaceAll(/^```.*?^```/gms, '').replaceAll(/`[^`\n]*`/g, '');

/** The files that a page links to, from the root; with what stands behind `#`. */
async function linksOf(page: string): Promise<{ target: string; heading: string | undefined }[]> {
  const text = withoutCode(await readFile(join(root, page), 'utf8'));
  return [...text.matchAll(/\]\(([^)\s]+)\)/g)]
    .map(([, link]) => link as string)
    .filter((link) => !/^[a-z]+:/.test(link))
    .map((link) => {
      const [path = '', heading] = link.split('#');
      return { target: path === '' ? page : relative(root, resolve(root, dirname(page), path)), heading };
    });
}

/** What GitHub makes of the headings of a page. */
async function headingsOf(page: string): Promise<string[]> {
  const text = (await readFile(join(root, page), 'utf8')).replaceAll(/^```.*?^```/gms, '');
  return [...text.matchAll(/^#+ (.*)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  );
}

test('every link of a page leads to a file, and to a heading in it', async () => {
  const broken: string[] = [];
  let checked = 0;
  for (const page of await pagesOf()) {
    for (const { target, heading } of await linksOf(page)) {
      checked++;
      const isThere = existsSync(join(root, target));
      const isHeading = heading === undefined || (isThere && (await headingsOf(target)).includes(heading));
      if (!isThere || !isHeading) broken.push(`${page} → ${target}${heading === undefined ? '' : `#${heading}`}`);
    }
  }
  expect([broken, checked > 100]).toEqual([[], true]);
});

test('every page of the docs is in their index', async () => {
  const index = (await linksOf('docs/README.md')).map(({ target }) => target);
  const pages = (await pagesOf()).filter((page) => page.startsWith('docs') && page !== join('docs', 'README.md'));
  const listed = pages.filter((page) => dirname(page) !== join('docs', 'decisions') || page.endsWith('README.md'));
  expect(listed.filter((page) => !index.includes(page))).toEqual([]);
  expect(listed.length).toBeGreaterThan(10);
});
