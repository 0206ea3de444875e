import { type LevelWithSilent, type Logger, pino } from 'pino';

/** How much is logged. */
export type LogLevel = LevelWithSilent;
export const logLevels: readonly LogLevel[] = ['trace', 'debug', 'info', 'warn', 'error', 'silent'];

/** A log of one JSON object a line: `level`, `time` in ISO 8601, `msg`, and facts. */
export const createLog = (level: LogLevel, write: (line: string) => void): Logger =>
  pino(
    {
      level,
      base: null,
      timestamp: () => `,"time":"${new Date().toISOString()}"`,
      formatters: { level: (label) => ({ level: label }) },
    },
    { write },
  );
