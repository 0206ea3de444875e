import type { JsonSchema } from '../../json-schema.ts';
import { duration } from '../duration.ts';

const moment = (description: string, example: string): JsonSchema => ({
  type: 'string',
  pattern: '^[0-9]{4}-[0-9]{2}-[0-9]{2}(T[0-9]{2}:[0-9]{2}(:[0-9]{2}(\\.[0-9]{1,3})?)?(Z|[+-][0-9]{2}:[0-9]{2})?)?$',
  expects: 'a date such as `2027-01-31` or `2027-01-31T09:00`',
  description,
  examples: [example],
});

const count = (description: string, example: number): JsonSchema => ({
  type: 'integer',
  minimum: 0,
  description,
  examples: [example],
});

/** When a workflow runs by itself. */
export const schedule: JsonSchema = {
  type: 'object',
  expects: 'a map with `cron:`, `every:` or `watch:`',
  description: 'When the workflow runs by itself, where `millrace serve` knows it.',
  additionalProperties: false,
  properties: {
    cron: {
      type: 'string',
      minLength: 1,
      description:
        'Minute, hour, day of the month, month and day of the week, with seconds before them if need be; or `@daily`, `@hourly`, ….',
      examples: ['0 2 * * mon-fri', '@daily'],
    },
    every: duration('The time from one start to the next.', '6h'),
    watch: {
      anyOf: [
        { const: true },
        {
          type: 'object',
          additionalProperties: false,
          minProperties: 1,
          expects: 'a map such as `{ paths: [inbox/*.csv], settle: 2s }`',
          properties: {
            paths: {
              type: 'array',
              minItems: 1,
              uniqueItems: true,
              items: { type: 'string', minLength: 1, expects: 'a file, a folder or a pattern such as `inbox/*.csv`' },
              description: 'Files, folders and patterns, seen from this file; default: what `each.from` reads.',
              examples: [['inbox/*.csv']],
            },
            settle: {
              ...duration('A run starts when nothing has changed for so long.', '10s'),
              default: '2s',
            },
          },
        },
      ],
      expects: '`true`, or a map such as `{ paths: [inbox/*.csv], settle: 2s }`',
      description: 'New and changed files start a run: with `true` those that `each.from` reads.',
      examples: [true, { paths: ['inbox/*.csv'], settle: '10s' }],
    },
    zone: {
      type: 'string',
      minLength: 1,
      description: 'The time zone of `cron`, `start` and `end`; default: that of the machine.',
      examples: ['Europe/Berlin'],
    },
    overlap: {
      enum: ['skip', 'queue', 'replace', 'allow'],
      default: 'skip',
      description: 'Where the run before still goes on: leave this one out, wait, stop the other, or run beside it.',
      examples: ['queue'],
    },
    missed: {
      type: 'object',
      expects: 'a map such as `{ run: once, within: 6h }`',
      additionalProperties: false,
      required: ['run'],
      properties: {
        run: {
          enum: ['none', 'once', 'all'],
          default: 'none',
          description: 'How many of the runs that were missed are made up for.',
          examples: ['once'],
        },
        within: duration('Only those that are no longer ago than this; default: any.', '6h'),
      },
      description: 'What becomes of runs that were due while nothing was there to start them.',
      examples: [{ run: 'once', within: '6h' }],
    },
    jitter: duration('Each start is put off by a random time up to this.', '5m'),
    start: moment('No run before this.', '2027-01-01'),
    end: moment('No run after this.', '2027-12-31T18:00'),
    pause_on_failure: {
      type: 'integer',
      minimum: 1,
      description: 'The schedule pauses after so many failed runs in a row; default: never.',
      examples: [3],
    },
    keep: {
      type: 'object',
      expects: 'a map such as `{ ok: 10, failed: 50 }`',
      additionalProperties: false,
      minProperties: 1,
      properties: {
        ok: count('So many of the runs that succeeded are kept; default: all.', 10),
        failed: count('So many of the runs that failed are kept; default: all.', 50),
      },
      description: 'How many finished runs are kept.',
      examples: [{ ok: 10, failed: 50 }],
    },
  },
  examples: [{ cron: '0 2 * * mon-fri', zone: 'Europe/Berlin' }],
};
