/**
 * The name by which `/api/tags` and `/api/ps` know a model: with its tag, without what is the default of a registry; in
 * small letters, since a server does not tell them from capitals.
 */
export function fullName(model: string): string {
  const lower = model.toLowerCase();
  const slash = lower.lastIndexOf('/');
  const tagged = lower.includes(':', slash + 1) ? lower : `${lower}:latest`;
  return slash === -1 ? tagged : tagged.replace(/^(https?:\/\/)?(registry\.ollama\.ai\/)?(library\/)?/, '');
}
