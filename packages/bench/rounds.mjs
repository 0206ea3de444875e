import { runClient } from './processes.mjs';
import { spread } from './statistics.mjs';

/**
 * Measures every subject once a round, each in a fresh process, and every other round backwards: what else the machine
 * does falls on all of them alike. Ratios are taken within a round, to the floor of that round.
 */
export async function runRounds({ regime, subjects, rounds, url, runtime, onRound }) {
  const results = [];
  await runClient('./measure.mjs', { file: subjects[0].file, url, regime }, runtime); // the server makes its answer
  for (let round = 0; round < rounds; round += 1) {
    const order = round % 2 === 0 ? subjects : subjects.toReversed();
    const figures = {};
    for (const { name, file } of order)
      figures[name] = await runClient('./measure.mjs', { file, url, regime }, runtime);
    results.push(figures);
    onRound(round + 1);
  }
  return subjects.map(({ name }) => summary(name, results));
}

function summary(name, rounds) {
  const of = (read) => spread(rounds.map((round) => read(round[name])));
  const ratio = (read) => spread(rounds.map((round) => read(round[name]) / read(round.floor)));
  return {
    subject: name,
    coldCpu: ratio(({ cold }) => cold.cpuMs),
    hotCpu: ratio(({ hot }) => hot.cpuMs),
    coldTime: ratio(({ cold }) => cold.timeMs),
    hotTime: ratio(({ hot }) => hot.timeMs),
    coldCpuMs: of(({ cold }) => cold.cpuMs),
    hotCpuMs: of(({ hot }) => hot.cpuMs),
    importMs: of(({ importMs }) => importMs),
  };
}

/** Measures how fast each subject lets go of its connection, in both phases; null is not within a second. */
export async function runCancels({ subjects, rounds, times, url, runtime, onRound }) {
  const latencies = new Map(subjects.map(({ name }) => [name, { 'before-headers': [], 'mid-stream': [] }]));
  for (let round = 0; round < rounds; round += 1) {
    for (const { name, file } of round % 2 === 0 ? subjects : subjects.toReversed()) {
      for (const phase of ['before-headers', 'mid-stream']) {
        const figures = await runClient('./measure-cancel.mjs', { file, url, phase, times }, runtime);
        latencies.get(name)[phase].push(...figures.latencies);
      }
    }
    onRound(round + 1);
  }
  const of = (values) => (values.includes(null) ? null : spread(values));
  return [...latencies].map(([subject, phases]) => ({
    subject,
    beforeHeadersMs: of(phases['before-headers']),
    midStreamMs: of(phases['mid-stream']),
  }));
}
