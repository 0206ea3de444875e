import { type Command, Option } from 'commander';
import { collect } from './arguments.ts';
import type { IsAsked } from './asked-commands.ts';
import type { Terminal } from './terminal.ts';

/** Adds `millrace models` and all that is below it. */
export function addModels(
  program: Command,
  terminal: Terminal,
  finished: (exitCode: number) => void,
  isAsked: IsAsked,
): void {
  const models = program
    .command('models')
    .description('list the models that are installed; below it: those in memory, download, remove, copy, unload');
  if (!isAsked('models')) return;
  models
    .enablePositionalOptions()
    .option(...host)
    .addOption(format())
    .addHelpText('after', modelsHelp)
    // What is no command of these is refused with a word that is near.
    .allowExcessArguments()
    .action(async (flags) => {
      const [word] = models.args;
      if (word !== undefined) throw (await import('./no-command.ts')).noCommand(word, parentOf(models));
      finished(await (await import('./commands/models-list.ts')).modelsList(flags, terminal));
    });
  models
    .command('list')
    .description('list the models that are installed, the newest first')
    .option(...host)
    .addOption(format())
    .addHelpText('after', listHelp)
    .action(async (flags) => finished(await (await import('./commands/models-list.ts')).modelsList(flags, terminal)));
  models
    .command('ps')
    .description('list the models that are in memory, and until when')
    .option(...host)
    .addOption(format())
    .addHelpText('after', psHelp)
    .action(async (flags) => finished(await (await import('./commands/models-ps.ts')).modelsPs(flags, terminal)));
  models
    .command('show')
    .argument('<model>')
    .description('show what a model is and can do')
    .option(...host)
    .option('--verbose', 'also its system prompt, template, parameters and licence')
    .addOption(format())
    .addHelpText('after', showHelp)
    .action(async (model, flags) =>
      finished(await (await import('./commands/models-show.ts')).modelsShow(model, flags, terminal)),
    );
  models
    .command('pull')
    .argument('<model>')
    .description('download a model; what has arrived is kept, and the same command goes on')
    .option(...host)
    .addHelpText('after', pullHelp)
    .action(async (model, flags) =>
      finished(await (await import('./commands/models-pull.ts')).modelsPull(model, flags, terminal)),
    );
  models
    .command('rm')
    .argument('<models...>')
    .description('remove models from the disk')
    .option(...host)
    .option('--yes', 'do not ask')
    .addHelpText('after', rmHelp)
    .action(async (names, flags) =>
      finished(await (await import('./commands/models-rm.ts')).modelsRm(names, flags, terminal)),
    );
  models
    .command('copy')
    .argument('<from>')
    .argument('<to>')
    .description('give a model another name; it takes no room')
    .option(...host)
    .option('--force', 'replace a model of that name')
    .addHelpText('after', copyHelp)
    .action(async (from, to, flags) =>
      finished(await (await import('./commands/models-copy.ts')).modelsCopy(from, to, flags, terminal)),
    );
  models
    .command('unload')
    .argument('[models...]')
    .description('take models out of memory')
    .option(...host)
    .option('--all', 'all that are loaded')
    .addHelpText('after', unloadHelp)
    .action(async (names, flags) =>
      finished(await (await import('./commands/models-unload.ts')).modelsUnload(names, flags, terminal)),
    );
}

const parentOf = (models: Command) => ({
  name: 'models',
  commands: models.commands.map((command) => command.name()),
  instead: 'A model is shown by `millrace models show MODEL`.',
});

const host = ['--host <url>', 'an Ollama server, in place of OLLAMA_HOST (repeatable)', collect] as const;

const format = (): Option =>
  new Option('--format <format>', 'for people, or for programs').choices(['text', 'json']).default('text');

const modelsHelp = `
Of several hosts, each line names its own; what changes something is done at each of them.

Examples:
  millrace models
  millrace models --host http://gpu-1:11434 --host http://gpu-2:11434
  millrace models show gemma3:4b

Exit codes: 0 listed, 2 usage invalid, 5 no host answers, 1 a bug.`;

const listHelp = `
Examples:
  millrace models list
  millrace models list --format json | jq '.[] | select(.size > 8e9) | .name'

Exit codes: those of \`millrace models\`.`;

const psHelp = `
Examples:
  millrace models ps
  millrace models ps --format json | jq '.[].expires_at'

Exit codes: those of \`millrace models\`.`;

const showHelp = `
Examples:
  millrace models show gemma3:4b
  millrace models show gemma3:4b --verbose
  millrace models show gemma3:4b --format json | jq .capabilities

Exit codes: 0 shown, 2 usage invalid, 5 no host or model, 1 a bug.`;

const pullHelp = `
Examples:
  millrace models pull gemma3:4b
  millrace models pull hf.co/bartowski/Llama-3.2-3B-Instruct-GGUF:Q4_K_M

Exit codes: 0 it is there, 2 usage invalid, 3 the download failed, 5 no host or model, 130 interrupted, 1 a bug.`;

const rmHelp = `
Examples:
  millrace models rm gemma3:4b qwen3:4b
  millrace models rm gemma3:4b --yes

Exit codes: 0 removed, 2 usage invalid, or not confirmed, 5 no host or model, 130 interrupted, 1 a bug.`;

const copyHelp = `
Examples:
  millrace models copy gemma3:4b reviewer

Exit codes: 0 copied, 2 usage invalid, or there is a model of that name, 5 no host or model, 1 a bug.`;

const unloadHelp = `
Examples:
  millrace models unload gemma3:4b
  millrace models unload --all

Exit codes: 0 none of them is loaded, 2 usage invalid, 5 no host or model, 1 a bug.`;
