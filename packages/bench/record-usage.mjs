// Loaded before a subject with `node --import`: leaves what the whole process has used in a file, at its very end.
import { writeFileSync } from 'node:fs';

process.on('exit', () => {
  const { userCPUTime, systemCPUTime, maxRSS } = process.resourceUsage();
  const figures = { cpuMs: (userCPUTime + systemCPUTime) / 1000, peakMiB: maxRSS / 1024 };
  writeFileSync(process.env.MILLRACE_BENCH_USAGE, JSON.stringify(figures));
});
