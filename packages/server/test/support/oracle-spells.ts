const hour = 3_600_000;

export interface OracleSpell {
  readonly start: number;
  readonly end: number;
  readonly offset: number;
}

/** The offset of a zone at an instant, from its name such as `GMT+05:30`, and not from what the clock shows. */
export function oracleOffset(zone: string): (time: number) => number {
  const format = new Intl.DateTimeFormat('en', { timeZone: zone, timeZoneName: 'longOffset' });
  return (time) => {
    const [, sign, hours, minutes, seconds] =
      /GMT(?:([+-])(\d\d):(\d\d)(?::(\d\d))?)?$/.exec(format.format(time)) ?? [];
    if (sign === undefined) return 0;
    const size = Number(hours) * hour + Number(minutes) * 60_000 + Number(seconds ?? 0) * 1000;
    return sign === '-' ? -size : size;
  };
}

/** What the clock of a zone does between two instants: sampled every so often, each change found by bisection. */
export function oracleSpells(zone: string, from: number, to: number, sampleMs: number): OracleSpell[] {
  const offsetAt = oracleOffset(zone);
  const spells: OracleSpell[] = [];
  let start = from;
  let offset = offsetAt(from);
  for (let time = from; time < to; time += sampleMs) {
    const sample = Math.min(time + sampleMs, to);
    const after = offsetAt(sample);
    if (after === offset) continue;
    let [low, high] = [time, sample];
    while (high - low > 1) {
      const middle = Math.floor((low + high) / 2);
      if (offsetAt(middle) === offset) low = middle;
      else high = middle;
    }
    spells.push({ start, end: high, offset });
    start = high;
    offset = offsetAt(high);
  }
  spells.push({ start, end: to, offset });
  return spells;
}
