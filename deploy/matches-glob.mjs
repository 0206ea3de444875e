/** Whether a path is what a pattern of a .dockerignore says: `*` is any name, `**` any folders, or none. */
export function matchesGlob(path, pattern) {
  const expression = pattern
    .split('/')
    .map((part) =>
      part === '**' ? '(?:.*/)?' : `${part.replaceAll(/[.+^${}()|[\]\\]/g, '\\$&').replaceAll('*', '[^/]*')}/`,
    )
    .join('')
    .replace(/\/$/, '');
  return new RegExp(`^${expression}$`).test(path);
}
