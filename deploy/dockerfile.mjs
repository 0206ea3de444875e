// What a Dockerfile and a .dockerignore say.
import { matchesGlob } from './matches-glob.mjs';

/** The instructions of a Dockerfile, in order: `{ name, text }`, with lines that go on put together. */
export function instructionsOf(dockerfile) {
  const text = dockerfile.replaceAll(/^\s*#.*\n/gm, '').replaceAll(/\\\n\s*/g, '');
  return text
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => ({ name: line.split(' ', 1)[0], text: line.slice(line.indexOf(' ') + 1).trim() }));
}

/** Whether a .dockerignore leaves a file out, by its path from the root with `/`: a pattern takes what is below it too. */
export function ignoredBy(dockerignore) {
  const patterns = dockerignore
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'));
  return (path) => {
    const parts = path.split('/');
    const heads = parts.map((_, index) => parts.slice(0, index + 1).join('/'));
    return patterns.some((pattern) => heads.some((head) => matchesGlob(head, pattern)));
  };
}
