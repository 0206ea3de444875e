import { Command, Option } from 'commander';
import { collect, collectInput, instant, rowRange, wholeNumber } from './arguments.ts';
import { askForAll, type IsAsked } from './asked-commands.ts';
import { recipeNames } from './init/recipe-names.ts';
import { addModels } from './models-program.ts';
import { addPlan } from './plan-program.ts';
import { addRuns } from './runs-program.ts';
import { addSchedule } from './schedule-program.ts';
import { addTalk } from './talk-program.ts';
import type { Terminal } from './terminal.ts';
import { version } from './version.ts';

/** The command line: every command that is asked for with its flags and help. Commands are loaded when they are called. */
export function createProgram(
  terminal: Terminal,
  finished: (exitCode: number) => void,
  isAsked: IsAsked = askForAll,
): Command {
  const program = new Command('millrace')
    .description('Runs prompts through local models the way a build tool runs compilers.')
    .version(version)
    // `--format` of `runs show` is not that of `runs`.
    .enablePositionalOptions()
    .showHelpAfterError('(add --help for what there is)')
    .configureOutput({ writeOut: (text) => void terminal.out(text), writeErr: terminal.err })
    .exitOverride();
  program
    .command('run')
    .argument('<file>', 'the workflow, a YAML file')
    .description('run a workflow over its rows, or once where it has none')
    .option('--input <name=value>', 'a value for an input of the workflow (repeatable)', collectInput)
    .option('--from <file>', 'rows from this file or folder, in place of `each.from`; `-` is stdin')
    .option(
      '--to <file>',
      'results to this .jsonl, .csv, .tsv or .parquet file, or a file for each row as in "out/${key}.md", in place of `save.to`; `-` is stdout',
    )
    .option('--model <name>', 'in place of the model at the top of the file')
    .option('--host <url>', 'an Ollama server, in place of `hosts` and OLLAMA_HOST (repeatable)', collect)
    .option('--allow-net <host>', 'let `hosts` of the file name this host (repeatable)', collect)
    .option('--parallel <n>', 'calls in flight on each host', wholeNumber(1))
    .option('--first <n>', 'only the first n rows that `each.where` lets pass', wholeNumber(0))
    .option('--range <a-b>', 'only rows a to b of the input, counted from 1; `a-` and `-b` are open', rowRange)
    .option('--sample <n>', 'only n rows, chosen by chance among those that `each.where` lets pass', wholeNumber(0))
    .option('--seed <n>', 'chooses the sample: the same seed, the same rows (default: 1)', wholeNumber(0))
    .option(
      '--due <time>',
      'as its schedule wanted it at this time, such as 2027-01-31T02:00Z: a run of its own',
      instant,
    )
    .option('--new', 'begin afresh, and replace what was saved, in place of going on with the last run')
    .option('--journal <folder>', 'the folder of the journal, in place of the nearest .millrace')
    .option('--json', 'events as NDJSON on stdout; the last one is `run-end`')
    .option('--quiet', 'no notes, no progress and no summary, only results and errors')
    .addHelpText('after', runHelp)
    .action(async (file, flags) => finished(await (await import('./commands/run.ts')).run(file, flags, terminal)));
  addPlan(program, terminal, finished, isAsked);
  addRuns(program, terminal, finished, isAsked);
  addSchedule(program, terminal, finished, isAsked);
  addTalk(program, terminal, finished, isAsked);
  addModels(program, terminal, finished, isAsked);
  program
    .command('validate')
    .argument(
      '<files...>',
      'workflow files, folders (every .yaml and .yml file below), patterns such as "flows/*.yaml", or `-` for stdin',
    )
    .description('say every problem of workflow files, without running anything')
    .addOption(
      new Option('--format <format>', 'for people, for programs, or as annotations of GitHub Actions')
        .choices(['text', 'json', 'github'])
        .default('text'),
    )
    .option('--strict', 'take warnings for errors in the exit code')
    .option('--allow-net <host>', 'let `hosts` of the file name this host (repeatable)', collect)
    .addHelpText('after', validateHelp)
    .action(async (files, flags) =>
      finished(await (await import('./commands/validate.ts')).validate(files, flags, terminal)),
    );
  program
    .command('init')
    .argument('[file]', 'the workflow to write', 'workflow.yaml')
    .description('write a first workflow, from a few questions or flags')
    .addOption(new Option('--kind <kind>', 'what it does').choices(recipeNames))
    .option('--model <name>', 'the model it asks')
    .option('--from <file>', 'rows from this file or folder; its columns are looked at')
    .option('--yes', 'ask nothing, and take what would be proposed')
    .option('--force', 'replace a file that is there')
    .addHelpText('after', initHelp)
    .action(async (file, flags) => finished(await (await import('./commands/init.ts')).init(file, flags, terminal)));
  program
    .command('explain')
    .argument('<file>', 'a workflow file, or `-` for stdin')
    .description('show what a workflow does: its steps, what each reads, and what it gives')
    .addOption(
      new Option('--format <format>', 'for people, as a graph for Mermaid, or for programs')
        .choices(['text', 'mermaid', 'json'])
        .default('text'),
    )
    .option('--model <name>', 'in place of the model at the top of the file')
    .option('--allow-net <host>', 'let `hosts` of the file name this host (repeatable)', collect)
    .addHelpText('after', explainHelp)
    .action(async (file, flags) =>
      finished(await (await import('./commands/explain.ts')).explain(file, flags, terminal)),
    );
  program
    .command('schema')
    .description('print the JSON Schema of workflows, for editors and other tools')
    .option('--out <file>', 'write it to this file, and say how an editor finds it')
    .addHelpText('after', schemaHelp)
    .action(async (flags) => finished(await (await import('./commands/schema.ts')).schema(flags, terminal)));
  program
    .command('engine')
    .description('serve the bundled model to curl and any other Ollama client, on this machine only')
    .option('--port <n>', 'the port; 0 takes a free one', wholeNumber(0, 65535), 11434)
    .option('--parallel <n>', 'answers generated side by side', wholeNumber(1))
    .addHelpText('after', engineHelp)
    .action(async (flags) => finished(await (await import('./commands/engine.ts')).engine(flags, terminal)));
  return program;
}

const validateHelp = `
Folders leave out node_modules and what begins with a dot. With \`json\`, stdout is one list of the problems of all files.

Examples:
  millrace validate workflow.yaml
  millrace validate workflows --strict
  millrace validate "flows/**/*.yaml" --format github
  sed s/gemma3/qwen3/ workflow.yaml | millrace validate -

Exit codes: 0 no errors (with --strict: no warnings either), 2 problems, or no file found, 1 a bug.`;

const initHelp = `
On a terminal it asks for what no flag says. What it writes is checked first, and can be run at once.

Examples:
  millrace init
  millrace init flows/reviews.yaml --kind classify --from flows/reviews.csv
  millrace init --yes --kind chat --model qwen3:4b

Exit codes: 0 written, 2 not written, 130 interrupted, 1 a bug.`;

const explainHelp = `
Examples:
  millrace explain workflow.yaml
  millrace explain workflow.yaml --format mermaid > workflow.mmd
  millrace explain workflow.yaml --format json | jq '.steps[].reads'

Exit codes: 0 explained, 2 the workflow has errors, which are shown as \`validate\` shows them, 1 a bug.`;

const schemaHelp = `
Examples:
  millrace schema > workflow.schema.json
  millrace schema --out workflow.schema.json

An editor with a YAML language server reads it from the first line of a workflow:
  # yaml-language-server: $schema=workflow.schema.json`;

const engineHelp = `
Examples:
  millrace engine &
  curl http://127.0.0.1:11434/api/generate -d '{"model":"millrace-micro","prompt":"Review: great sound\\nSentiment:"}'
  OLLAMA_HOST=127.0.0.1:11434 millrace run workflow.yaml --model millrace-micro`;

const runHelp = `
The same command goes on where it stopped, and asks nothing twice; docs/runs.md tells what is kept.

Examples:
  millrace run workflow.yaml --first 20 --to -
  millrace run workflow.yaml --model gemma3:4b --input tone=formal
  millrace run workflow.yaml --sample 50 --seed 7 --to sample.jsonl
  tail -n +1 tickets.jsonl | millrace run workflow.yaml --from - --to -
  millrace run workflow.yaml --new

Exit codes: 0 done, 2 workflow or usage invalid, 3 rows or groups failed, or a step aborted, 4 stopped by limits.errors,
5 no host or model, 130 interrupted, 1 a bug.`;
