import { chmod, stat } from 'node:fs/promises';

/** Whom systems take for nobody in particular. */
const nobody = 65_534;

/** Runs an action while a file may not be read: its mode forbids it, and root, whom no mode stops, is nobody meanwhile. */
export async function withoutRights<T>(path: string, action: () => Promise<T>): Promise<T> {
  const { mode } = await stat(path);
  const isRoot = process.geteuid?.() === 0;
  await chmod(path, 0);
  if (isRoot) process.seteuid?.(nobody);
  try {
    return await action();
  } finally {
    if (isRoot) process.seteuid?.(0);
    await chmod(path, mode);
  }
}
