import { type Command, Option } from 'commander';
import { collect } from './arguments.ts';
import type { IsAsked } from './asked-commands.ts';
import { thinkLevels } from './talk/think-level.ts';
import type { Terminal } from './terminal.ts';

/** Adds `millrace chat` and `millrace generate`. */
export function addTalk(
  program: Command,
  terminal: Terminal,
  finished: (exitCode: number) => void,
  isAsked: IsAsked,
): void {
  const chat = program
    .command('chat')
    .description('talk with a model in the terminal, or line by line over stdin and stdout');
  const generate = program.command('generate').description('print the answer to one prompt, as it comes');
  if (isAsked('chat'))
    withTalkFlags(chat)
      .argument('[model]', 'who answers; absent: the model that is loaded, else the newest, else the bundled one')
      .option('--no-history', 'keep nothing of what is typed for another time, and offer nothing of earlier times')
      .addHelpText('after', chatHelp)
      .action(async (model, flags) =>
        finished(await (await import('./commands/chat.ts')).chat(model, flags, terminal)),
      );
  if (isAsked('generate'))
    withTalkFlags(generate)
      .argument('[words...]', 'the model, if the first word can be the name of one, and the prompt; `-` is stdin')
      .usage('[options] [model] [prompt...]')
      .option('--file <file>', 'a prompt from this file, behind that of the command line; `-` is stdin')
      .option('--image <file>', 'a picture for a model that sees (repeatable)', collect)
      .option('--raw', 'send the prompt as it is, without the template of the model')
      .option('--json', 'one JSON object at the end: response, thinking, usage')
      .addHelpText('after', generateHelp)
      .action(async (words, flags) =>
        finished(await (await import('./commands/generate.ts')).generate(words, flags, terminal)),
      );
}

const withTalkFlags = (command: Command): Command =>
  command
    .option('--model <name>', 'the model, where it is not the first word')
    .option('--host <url>', 'an Ollama server, in place of OLLAMA_HOST (repeatable)', collect)
    .option('--system <text>', 'how the model shall behave')
    .option('--option <name=value>', 'an option of the model, such as temperature=0 (repeatable)', collect)
    .addOption(new Option('--think <level>', 'whether a thinking model thinks, or how hard').choices(thinkLevels))
    .option('--format <format>', 'answers in JSON: `json`, or a file with the JSON Schema that they must fit')
    .option('--stats', 'say of each answer how many tokens it took, how fast they came, and how long the model loaded');

const chatHelp = `
In the terminal, /help lists the commands of a talk. Ctrl-C stops an answer, and leaves at an empty prompt; Ctrl-D leaves.
Without a terminal each line of stdin is a message, and each answer a paragraph on stdout, with an empty line between two.

Examples:
  millrace chat
  millrace chat gemma3:4b --system "You are terse." --option temperature=0
  printf 'What is a millrace?\\nAnd a weir?\\n' | millrace chat gemma3:4b > answers.txt

Exit codes: 0 done, 2 usage invalid, 3 an answer failed (without a terminal), 5 no host or model, 130 interrupted, 1 a bug.`;

const generateHelp = `
Where stdin is no terminal, its text follows the prompt. The answer is on stdout; thinking and notes are on stderr.

Examples:
  millrace generate gemma3:4b "Why is the sky blue?"
  cat report.txt | millrace generate gemma3:4b "Summarise in three sentences:"
  millrace generate gemma3:4b --file prompt.txt --format answer.schema.json --json | jq .value
  millrace generate llava "What is in the picture?" --image cat.png

Exit codes: 0 done, 2 usage invalid, 3 the answer failed or does not fit the schema, 5 no host or model, 130 interrupted,
1 a bug.`;
