import { type Command, Option } from 'commander';
import { collect, timeSpan, wholeNumber } from './arguments.ts';
import type { IsAsked } from './asked-commands.ts';
import type { Terminal } from './terminal.ts';

/** Adds `millrace runs` and all that is below it. */
export function addRuns(
  program: Command,
  terminal: Terminal,
  finished: (exitCode: number) => void,
  isAsked: IsAsked,
): void {
  const runs = program
    .command('runs')
    .description('list the runs of the current folder, newest first; below it: what was asked, results, another try');
  if (!isAsked('runs')) return;
  runs
    .enablePositionalOptions()
    .option('--workflow <name|file>', 'only the runs of this workflow')
    .option('--limit <n>', 'at most so many', wholeNumber(0), 20)
    .addOption(format())
    .option(...journal)
    .addHelpText('after', listHelp)
    // What is no command of these is refused with a word that is near.
    .allowExcessArguments()
    .action(async (flags) => {
      const [word] = runs.args;
      if (word !== undefined) throw (await import('./no-command.ts')).noCommand(word, parentOf(runs));
      finished(await (await import('./commands/runs-list.ts')).runsList(flags, terminal));
    });
  runs
    .command('show')
    .argument('<id>', anId)
    .description('show what a run was, how it ended, and why rows failed; or all that was asked and answered for a row')
    .option('--row <key>', 'a row by its key, or a group of a reduce by its name')
    .addOption(format())
    .option(...journal)
    .addHelpText('after', showHelp)
    .action(async (id, flags) =>
      finished(await (await import('./commands/runs-show.ts')).runsShow(id, flags, terminal)),
    );
  runs
    .command('export')
    .argument('<id>', anId)
    .description('write the results of a run in the order of the input; of an unfinished one what there is')
    .option('--to <file>', 'to this .jsonl or .csv file; `-` is stdout', '-')
    .addOption(new Option('--format <format>', 'default: by the ending, else jsonl').choices(['jsonl', 'csv']))
    .option('--errors', 'the rows that failed, with the error and the last answer')
    .option(...journal)
    .addHelpText('after', exportHelp)
    .action(async (id, flags) =>
      finished(await (await import('./commands/runs-export.ts')).runsExport(id, flags, terminal)),
    );
  runs
    .command('resume')
    .argument('<id>', anId)
    .description('go on with a run where it stopped, with what it was asked for with')
    .option('--host <url>', 'an Ollama server, in place of those of the run (repeatable)', collect)
    .option('--parallel <n>', 'calls in flight on each host', wholeNumber(1))
    .option(...journal)
    .option('--json', 'events as NDJSON on stdout; the last one is `run-end`')
    .option('--quiet', 'no notes, no progress and no summary, only results and errors')
    .addHelpText('after', resumeHelp)
    .action(async (id, flags) =>
      finished(await (await import('./commands/runs-resume.ts')).runsResume(id, flags, terminal)),
    );
  runs
    .command('retry')
    .argument('<id>', anId)
    .description('run the rows that failed again, with what the run was asked for with')
    .option('--cause <cause>', 'only those of a cause: a word of `retry:`, or a code')
    .option('--host <url>', 'an Ollama server, in place of those of the run (repeatable)', collect)
    .option('--parallel <n>', 'calls in flight on each host', wholeNumber(1))
    .option(...journal)
    .option('--json', 'events as NDJSON on stdout; the last one is `run-end`')
    .option('--quiet', 'no notes, no progress and no summary, only results and errors')
    .addHelpText('after', retryHelp)
    .action(async (id, flags) =>
      finished(await (await import('./commands/runs-retry.ts')).runsRetry(id, flags, terminal)),
    );
  runs
    .command('prune')
    .description('delete old finished runs from the journal; saved files stay')
    .option('--keep <n>', 'of each workflow, keep so many of the newest (default: 1)', wholeNumber(0))
    .option('--older-than <time>', 'only runs that ended so long ago (default: 30d; with --keep any time)', timeSpan)
    .option('--all', 'also unfinished runs, and the newest of each workflow')
    .option('--dry-run', 'only say what would go')
    .option(...journal)
    .addHelpText('after', pruneHelp)
    .action(async (flags) => finished(await (await import('./commands/runs-prune.ts')).runsPrune(flags, terminal)));
}

const parentOf = (runs: Command) => ({
  name: 'runs',
  commands: runs.commands.map((command) => command.name()),
  instead: 'A run is shown by `millrace runs show ID`.',
});

const anId = 'its id, the beginning or the last part of it, or `last`';

const journal = ['--journal <folder>', 'the folder of the journal, in place of the nearest .millrace'] as const;

const format = (): Option =>
  new Option('--format <format>', 'for people, or for programs').choices(['text', 'json']).default('text');

const listHelp = `
A run whose process has died is \`interrupted\`: the command that began it goes on with it.

Examples:
  millrace runs
  millrace runs --workflow review-replies --limit 5
  millrace runs --format json | jq '.[] | select(.counts.failed > 0) | .id'
  millrace runs show last

Exit codes: 0 listed, 2 the journal cannot be read, 1 a bug.`;

const showHelp = `
Examples:
  millrace runs show last
  millrace runs show 9f3a1c --row 17
  millrace runs show last --row 17 --format json | jq '.answers[].thinking'

Exit codes: 0 shown, 2 there is no such run or row, 1 a bug.`;

const exportHelp = `
Examples:
  millrace runs export last > results.jsonl
  millrace runs export 9f3a1c --to results.csv
  millrace runs export last --errors | jq .error.message

Exit codes: 0 written, 2 there is no such run, or the file cannot be written, 1 a bug.`;

const resumeHelp = `
The command that began a run goes on with it too; this one need not be told its flags.

Examples:
  millrace runs resume last
  millrace runs resume 9f3a1c --host http://gpu-box:11434

Exit codes: those of \`millrace run\`.`;

const retryHelp = `
Examples:
  millrace runs retry last
  millrace runs retry 9f3a1c --cause busy --parallel 1

Exit codes: those of \`millrace run\`.`;

const pruneHelp = `
A run that is in work is never deleted. Times are written as 30d, 12h or 90m.

Examples:
  millrace runs prune --dry-run
  millrace runs prune --keep 3
  millrace runs prune --older-than 90d --all

Exit codes: 0 done, 2 the journal cannot be used, 1 a bug.`;
