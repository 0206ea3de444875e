import { type Command, Option } from 'commander';
import { collect, wholeNumber } from './arguments.ts';
import type { IsAsked } from './asked-commands.ts';
import type { Terminal } from './terminal.ts';

/** Adds `millrace serve`, and `millrace schedule` with all that is below it. */
export function addSchedule(
  program: Command,
  terminal: Terminal,
  finished: (exitCode: number) => void,
  isAsked: IsAsked,
): void {
  const serve = program.command('serve').description('start what schedules want, and serve an HTTP API');
  if (isAsked('serve'))
    serve
      .argument('[paths...]', 'folders with workflows, all below them, or workflow files (default: the current folder)')
      .option('--port <n>', 'the port of the API; 0 takes a free one', wholeNumber(0, 65535), 7373)
      .option('--listen <address>', 'listen elsewhere than on this machine only; needs a token', '127.0.0.1')
      .option('--token-file <file>', 'requests must carry the token in this file; else that of MILLRACE_TOKEN')
      .option(
        '--name <name>',
        'a name by which it is called beside its address, as by a proxy in front of it (repeatable)',
        collect,
      )
      .option(
        '--host <url>',
        'an Ollama server for all runs, in place of `hosts` and OLLAMA_HOST (repeatable)',
        collect,
      )
      .option('--max-runs <n>', 'runs of schedules at once', wholeNumber(1), 8)
      .addOption(
        new Option('--log-level <level>', 'how much is logged, a JSON object a line on stdout')
          .choices(['trace', 'debug', 'info', 'warn', 'error', 'silent'])
          .default('info'),
      )
      .option(...journal)
      .addHelpText('after', serveHelp)
      .action(async (paths, flags) =>
        finished(await (await import('./commands/serve.ts')).serve(paths, flags, terminal)),
      );
  const schedule = program
    .command('schedule')
    .description('list what is due when; below it: trigger, pause, resume, backfill');
  if (!isAsked('schedule')) return;
  schedule
    .enablePositionalOptions()
    .allowExcessArguments()
    .addHelpText('after', scheduleHelp)
    .action(async () => {
      const [word] = schedule.args;
      const { noCommand } = await import('./no-command.ts');
      if (word !== undefined) throw noCommand(word, parentOf(schedule));
      schedule.help();
    });
  schedule
    .command('list')
    .argument('[paths...]', 'folders, or workflow files (default: the current folder)')
    .description('list the schedules with the next time and the last run')
    .addOption(format())
    .option(...journal)
    .addHelpText('after', listHelp)
    .action(async (paths, flags) =>
      finished(await (await import('./commands/schedule-list.ts')).scheduleList(paths, flags, terminal)),
    );
  schedule
    .command('next')
    .argument('[paths...]', 'folders, or workflow files (default: the current folder)')
    .description('say the next times at which something is due')
    .option('--count <n>', 'so many', wholeNumber(0), 10)
    .addOption(format())
    .action(async (paths, flags) =>
      finished(await (await import('./commands/schedule-next.ts')).scheduleNext(paths, flags, terminal)),
    );
  schedule
    .command('trigger')
    .argument('<file>', 'the workflow')
    .description('start a run as the schedule would, now; a server that is there does it, else this command')
    .option('--host <url>', 'an Ollama server, where no server of schedules is there (repeatable)', collect)
    .option(...journal)
    .action(async (file, flags) =>
      finished(await (await import('./commands/schedule-trigger.ts')).scheduleTrigger(file, flags, terminal)),
    );
  schedule
    .command('pause')
    .argument('<file>', 'the workflow')
    .description('start nothing by itself until it is resumed')
    .option(...journal)
    .action(async (file, flags) =>
      finished(await (await import('./commands/schedule-pause.ts')).schedulePause(file, flags, terminal)),
    );
  schedule
    .command('resume')
    .argument('<file>', 'the workflow')
    .description('go on with a paused schedule; what was due meanwhile is not made up for')
    .option(...journal)
    .action(async (file, flags) =>
      finished(await (await import('./commands/schedule-pause.ts')).scheduleResume(file, flags, terminal)),
    );
  schedule
    .command('backfill')
    .argument('<file>', 'the workflow')
    .argument('<A..B>', 'a stretch of the past, such as 2027-01-01..2027-01-31, both days in full')
    .description('make a run for each due time of the past that had none')
    .option('--dry-run', 'only say which')
    .option('--host <url>', 'an Ollama server, where no server of schedules is there (repeatable)', collect)
    .option(...journal)
    .addHelpText('after', backfillHelp)
    .action(async (file, stretch, flags) =>
      finished(
        await (await import('./commands/schedule-backfill.ts')).scheduleBackfill(file, stretch, flags, terminal),
      ),
    );
}

const parentOf = (schedule: Command) => ({
  name: 'schedule',
  commands: schedule.commands.map((command) => command.name()),
  instead: 'Schedules are listed by `millrace schedule list`.',
});

const journal = ['--journal <folder>', 'the folder of the journal, in place of the nearest .millrace'] as const;

const format = (): Option =>
  new Option('--format <format>', 'for people, or for programs').choices(['text', 'json']).default('text');

const serveHelp = `
Runs go on where they stopped, whatever was killed; docs/schedules.md tells what a schedule may say.

Examples:
  millrace serve
  millrace serve nightly weekly --port 8080
  MILLRACE_TOKEN=$(openssl rand -hex 32) millrace serve --listen 0.0.0.0

Exit codes: 0 stopped, 2 it could not begin, 1 a bug.`;

const scheduleHelp = `
Examples:
  millrace schedule list
  millrace schedule next nightly.yaml --count 5
  millrace schedule trigger nightly.yaml`;

const listHelp = `
Exit codes: 0 listed, 3 the last run of one failed, 2 the journal cannot be read, 1 a bug.`;

const backfillHelp = `
Examples:
  millrace schedule backfill nightly.yaml 2027-01-01..2027-01-31 --dry-run
  millrace schedule backfill hourly.yaml 2027-01-01T02:00..2027-01-01T08:00

Exit codes: those of \`millrace run\`, of the worst run; 0 where a server does it.`;
