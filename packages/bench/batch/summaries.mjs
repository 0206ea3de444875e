import { quantile, spread } from '../statistics.mjs';

/**
 * What the regimes say of a subject. `measured` has the figures of all runs, one a round: `measured[subject][rows]`. Ratios are taken
 * within a round, to its floor.
 */
export const summaries = {
  span: (subject, measured, [rows]) => ({
    subject,
    span: ratio(measured, subject, ({ spanMs }) => spanMs, [rows]),
    spanMs: figures(measured[subject][rows], ({ spanMs }) => spanMs),
    serverShare: figures(measured[subject][rows], ({ serverCpuMs, wallMs }) => serverCpuMs / wallMs),
  }),
  cpu: (subject, measured, [few, many]) => ({
    subject,
    row: ratio(measured, subject, (least, most) => most.cpuMs - least.cpuMs, [few, many]),
    wholeFew: ratio(measured, subject, ({ cpuMs }) => cpuMs, [few]),
    wholeMany: ratio(measured, subject, ({ cpuMs }) => cpuMs, [many]),
    rowUs: marginalUs(measured[subject], few, many),
    wholeFewMs: figures(measured[subject][few], ({ cpuMs }) => cpuMs),
  }),
  memory: growth,
  million: growth,
};

function growth(subject, measured, counts) {
  return {
    subject,
    peakMiB: counts.map((rows) => figures(measured[subject][rows], ({ peakMiB }) => peakMiB)),
    rowUs: counts.slice(1).map((rows, place) => marginalUs(measured[subject], counts[place], rows)),
  };
}

const figures = (runs, read) => spread(runs.map((run) => read(run)));

const ratio = (measured, subject, read, counts) =>
  spread(
    measured[subject][counts[0]].map((_, round) => {
      const of = (name) => read(...counts.map((rows) => measured[name][rows][round]));
      return of(subject) / of('floor');
    }),
  );

/** Microseconds of CPU a row, without what a process costs however few rows it has. */
function marginalUs(runs, few, many) {
  const cpuMs = (rows) =>
    quantile(
      runs[rows].map((run) => run.cpuMs),
      0.5,
    );
  return (1000 * (cpuMs(many) - cpuMs(few))) / (many - few);
}
