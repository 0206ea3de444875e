import { type Command, Option } from 'commander';
import { collect, collectInput, rowRange, wholeNumber } from './arguments.ts';
import type { IsAsked } from './asked-commands.ts';
import type { Terminal } from './terminal.ts';

/** Adds `millrace plan`, which takes the flags of `run` that say what is run. */
export function addPlan(
  program: Command,
  terminal: Terminal,
  finished: (exitCode: number) => void,
  isAsked: IsAsked,
): void {
  const plan = program
    .command('plan')
    .description('say what a run would do, without it: rows, calls, prompts, memory, loads, and with a probe the time');
  if (!isAsked('plan')) return;
  plan
    .argument('<file>', 'the workflow, a YAML file')
    .option(
      '--probe <n>',
      'run n rows, spread over the input, to know the time; the run keeps their results',
      wholeNumber(0),
      0,
    )
    .option('--full', 'the prompts of the first row from their beginning to their end')
    .addOption(new Option('--format <format>', 'for people, or for programs').choices(['text', 'json']).default('text'))
    .option('--input <name=value>', 'a value for an input of the workflow (repeatable)', collectInput)
    .option('--from <file>', 'rows from this file or folder, in place of `each.from`; of `-` nothing is read')
    .option('--to <file>', 'where the results of the run will go')
    .option('--model <name>', 'in place of the model at the top of the file')
    .option('--host <url>', 'an Ollama server, in place of `hosts` and OLLAMA_HOST (repeatable)', collect)
    .option('--allow-net <host>', 'let `hosts` of the file name this host (repeatable)', collect)
    .option('--parallel <n>', 'calls in flight on each host', wholeNumber(1))
    .option('--first <n>', 'only the first n rows that `each.where` lets pass', wholeNumber(0))
    .option('--range <a-b>', 'only rows a to b of the input, counted from 1; `a-` and `-b` are open', rowRange)
    .option('--sample <n>', 'only n rows, chosen by chance among those that `each.where` lets pass', wholeNumber(0))
    .option('--seed <n>', 'chooses the sample: the same seed, the same rows (default: 1)', wholeNumber(0))
    .option('--new', 'as if nothing had been run before')
    .option('--journal <folder>', 'the folder of the journal, in place of the nearest .millrace')
    .addHelpText('after', planHelp)
    .action(async (file, flags) => finished(await (await import('./commands/plan.ts')).plan(file, flags, terminal)));
}

const planHelp = `
Type it in place of \`run\`, with the same flags; docs/planning.md tells what its figures mean.

Examples:
  millrace plan workflow.yaml
  millrace plan workflow.yaml --probe 8 && millrace run workflow.yaml
  millrace plan workflow.yaml --model qwen3:4b --full
  millrace plan workflow.yaml --format json | jq '.calls'

Exit codes: 0 planned, 1 the run or some of its rows will fail for sure, as the warnings say (or a bug), 2 workflow or usage
invalid, 130 interrupted.`;
