/** Bytes per second over the last ten seconds, from the time in milliseconds and all bytes so far. */
export type Speedometer = (atMs: number, bytes: number) => number;

interface Sample {
  readonly atMs: number;
  readonly bytes: number;
}

const windowMs = 10_000;
const spacingMs = 100;

/** Creates the speedometer of one transfer; it keeps a hundred samples at most. */
export function createSpeedometer(): Speedometer {
  const samples: Sample[] = [];
  return (atMs, bytes) => {
    const last = samples.at(-1);
    if (last === undefined || atMs - last.atMs >= spacingMs) samples.push({ atMs, bytes });
    while (samples.length > 1 && (samples[1] as Sample).atMs <= atMs - windowMs) samples.shift();
    const first = samples[0] as Sample;
    return atMs > first.atMs ? ((bytes - first.bytes) / (atMs - first.atMs)) * 1000 : 0;
  };
}
