/** Lets a process end that waits for nothing but this timer; a browser's timer is a number, and keeps nothing alive. */
export function unrefTimer(timer: unknown): void {
  (timer as { unref?: () => void }).unref?.();
}
