/** Milliseconds of processor time since a call of this: other than those of the clock, they do not grow with the load of the machine. */
export function cpuTimer(): () => number {
  const start = process.cpuUsage();
  return () => {
    const { user, system } = process.cpuUsage(start);
    return (user + system) / 1000;
  };
}
