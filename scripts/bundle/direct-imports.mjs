import { readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';

/**
 * Has a command start single files of a package: turns `import { a } from 'package'` into an import from the file that `a` is in, for packages
 * whose `index` is a list of re-exports. Through the list, every part of the program would start all that any part of it uses.
 *
 * @param lists The index file of each package, by its name.
 */
export const directImports = (lists) => ({
  name: 'direct-imports',
  setup(build) {
    const tables = new Map();
    const tableOf = (name) => {
      if (!tables.has(name)) tables.set(name, readList(lists[name]));
      return tables.get(name);
    };
    build.onLoad({ filter: /\/packages\/\w+\/src\/.*\.ts$/ }, async ({ path }) => {
      const text = await readFile(path, 'utf8');
      const parts = await Promise.all(
        [...text.matchAll(importPattern)]
          .filter(([, , name]) => Object.hasOwn(lists, name))
          .map(async (match) => [match, direct(match[1], await tableOf(match[2]), match[2])]),
      );
      return { contents: replaceAll(text, parts), loader: 'ts' };
    });
  },
});

const importPattern = /^import \{([^}]*)\} from '([^']+)';/gm;
const exportPattern = /^export \{([^}]*)\} from '([^']+)';/gm;

/** From each name of an index to its file, and what it is called there. */
async function readList(index) {
  const text = await readFile(index, 'utf8');
  return new Map(
    [...text.matchAll(exportPattern)].flatMap(([, names, file]) =>
      valuesIn(names).map(({ inner, outer }) => [outer, { inner, file: resolve(dirname(index), file) }]),
    ),
  );
}

function direct(names, table, from) {
  return valuesIn(names)
    .map(({ inner, outer }) => {
      const found = table.get(inner);
      if (!found) throw new Error(`The index of ${from} does not export \`${inner}\` from a file.`);
      return `import { ${found.inner} as ${outer} } from ${JSON.stringify(found.file)};`;
    })
    .join(' ');
}

/** `a, b as c`: what is a type is left out. */
const valuesIn = (names) =>
  names
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '' && !name.startsWith('type '))
    .map((name) => name.split(' as '))
    .map(([inner, outer = inner]) => ({ inner, outer }));

function replaceAll(text, parts) {
  let done = '';
  let at = 0;
  for (const [match, replacement] of parts) {
    // As many lines as before, so that the places in messages stay right.
    const lines = match[0].split('\n').length - 1;
    done += text.slice(at, match.index) + replacement + '\n'.repeat(lines);
    at = match.index + match[0].length;
  }
  return done + text.slice(at);
}
