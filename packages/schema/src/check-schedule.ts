import { explainCron } from './explain-cron.ts';
import type { Findings } from './findings.ts';
import { nearest } from './suggest.ts';
import { isMap, mapIn, textIn, type YamlMap } from './yaml-map.ts';

/** Checks what a schema cannot say of a schedule: its cron, its zone, and that it has an end. */
export async function checkSchedule(value: YamlMap, findings: Findings): Promise<void> {
  const schedule = mapIn(value.schedule);
  if (!schedule) return;
  checkForms(schedule, findings);
  checkWatch(schedule.watch, textIn(mapIn(value.each)?.from), findings);
  const zone = textIn(schedule.zone);
  const isZone = zone === undefined || checkZone(zone, findings);
  const cron = textIn(schedule.cron);
  if (cron !== undefined && cron !== '') {
    const problem = await explainCron(cron, isZone ? zone : undefined);
    if (problem) findings.add(['schedule', 'cron'], 'value', { code: 'VALUE_INVALID', ...problem });
  }
  checkMoments(schedule, findings);
}

function checkForms(schedule: YamlMap, findings: Findings): void {
  const [first, ...others] = ['cron', 'every', 'watch'].filter((key) => Object.hasOwn(schedule, key));
  if (first === undefined) {
    const message = 'The schedule does not say when.';
    const hint = 'Write `cron: "0 2 * * *"`, `every: 6h` or `watch: true` below it.';
    findings.add(['schedule'], 'key', { code: 'KEY_MISSING', message, hint });
  }
  for (const other of others) {
    const message = `\`${other}\` cannot stand beside \`${first}\`.`;
    findings.add(['schedule', other], 'key', { code: 'KEYS_CONFLICT', message, hint: 'Remove one of them.' });
  }
}

/** Where no paths are named, there must be files that the rows come from. */
function checkWatch(watch: unknown, from: string | undefined, findings: Findings): void {
  const isMeant = watch === true || (isMap(watch) && watch.paths === undefined);
  if (!isMeant || (from !== undefined && from !== '-')) return;
  const message = from === '-' ? 'Standard input cannot be watched.' : 'There is no `each.from` that could be watched.';
  const hint = 'Name what is watched: `watch: { paths: [inbox/*.csv] }`.';
  findings.add(['schedule', 'watch'], 'value', { code: 'VALUE_INVALID', message, hint });
}

function checkZone(zone: string, findings: Findings): boolean {
  if (isTimeZone(zone)) return true;
  // The list is long, and made only where it is needed.
  const known = [...Intl.supportedValuesOf('timeZone'), 'UTC'];
  const end = zone.toLowerCase().replaceAll(' ', '_');
  const near = known.find((name) => name.toLowerCase().endsWith(`/${end}`)) ?? nearest(zone, known, known.length);
  findings.add(['schedule', 'zone'], 'value', {
    code: 'VALUE_INVALID',
    message: `There is no time zone \`${zone.length > 60 ? `${zone.slice(0, 60)}…` : zone}\`.`,
    hint: near === undefined ? 'Zones are named like `Europe/Berlin`, or `UTC`.' : `Did you mean \`${near}\`?`,
  });
  return false;
}

function isTimeZone(zone: string): boolean {
  if (/^[+-]/.test(zone)) return false; // an offset knows no summer time; which ones Intl takes differs by version
  try {
    new Intl.DateTimeFormat('en', { timeZone: zone });
    return true;
  } catch {
    return false;
  }
}

function checkMoments(schedule: YamlMap, findings: Findings): void {
  const times = (['start', 'end'] as const).map((key) => {
    const text = textIn(schedule[key]);
    const time = text === undefined || !/^\d{4}-/.test(text) ? undefined : Date.parse(text);
    if (time !== undefined && !isRealDay(text as string, time)) {
      const message = `There is no such time as \`${(text as string).slice(0, 40)}\`.`;
      findings.add(['schedule', key], 'value', { code: 'VALUE_INVALID', message, hint: '' });
    }
    return time;
  });
  const [start, end] = times;
  if (start !== undefined && end !== undefined && end <= start) {
    const message = 'The schedule ends before it starts.';
    findings.add(['schedule', 'end'], 'value', { code: 'VALUE_INVALID', message, hint: 'Choose a later `end`.' });
  }
}

/** `2027-02-30` is read as a day in March by some. */
function isRealDay(text: string, time: number): boolean {
  const day = text.slice(0, 10);
  return !Number.isNaN(time) && new Date(`${day}T00:00:00Z`).toISOString().startsWith(day);
}
