import { stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { MillraceError } from '@millrace/errors';
import { lastValueFrom } from 'rxjs';
import { isCloudModel, isSameModel, nearModel } from '../hosts/model-names.ts';
import { plural } from '../render/figures.ts';
import { alignColumns } from '../render/table.ts';
import { aboutOption, optionNames, optionValue } from './option-value.ts';
import type { Session, TalkCommand } from './session.ts';
import { clearTalk } from './talk.ts';
import { loadTalk, saveTalk } from './talk-file.ts';
import { type ThinkLevel, thinkLevelOf, thinkLevels, thinkOf } from './think-level.ts';

/** Every command of a talk, in the order in which they are shown. */
export const talkCommands: readonly TalkCommand[] = [
  {
    names: ['help', '?'],
    takes: '',
    help: 'this list',
    run: (_, { say }) => say(helpText()),
  },
  {
    names: ['system'],
    takes: '[TEXT]',
    help: 'how the model shall behave, from now on; `""` takes it back',
    run: (rest, { talk, say }) => {
      if (rest !== '') talk.system = rest === '""' ? undefined : rest;
      say(talk.system === undefined ? 'There is no system prompt.' : `System prompt: ${talk.system}`);
    },
  },
  { names: ['model'], takes: '[NAME]', help: 'who answers, from now on', run: useModel },
  {
    names: ['set'],
    takes: '[OPTION [VALUE]]',
    help: 'an option of the model, such as `temperature 0`; `default` takes it back',
    run: setOption,
  },
  {
    names: ['think'],
    takes: `[${thinkLevels.join('|')}]`,
    help: 'whether a thinking model thinks, or how hard; `default` leaves it to the model',
    run: setThinking,
  },
  { names: ['image'], takes: 'FILE', help: 'a picture that goes with the next message', run: addImage },
  {
    names: ['clear'],
    takes: '',
    help: 'forget what was said',
    run: (_, { talk, say }) => {
      clearTalk(talk);
      say('The talk begins afresh.');
    },
  },
  {
    names: ['save'],
    takes: 'FILE',
    help: 'write the talk to a new .md or .jsonl file',
    run: async (rest, session) => {
      const file = fileIn(rest, session);
      await saveTalk(session.talk, file);
      session.say(`Wrote ${file}.`);
    },
  },
  {
    names: ['load'],
    takes: 'FILE',
    help: 'go on with a talk that was saved as .jsonl',
    run: async (rest, session) => {
      await loadTalk(session.talk, fileIn(rest, session));
      session.say(`The talk goes on behind ${plural(session.talk.turns.length, 'message')}.`);
    },
  },
  { names: ['exit', 'quit', 'bye'], takes: '', help: 'leave; so does Ctrl-D', run: () => true },
];

const helpText = (): string =>
  [
    ...alignColumns(talkCommands.map(({ names: [name], takes, help }) => [`/${name} ${takes}`.trimEnd(), help])),
    '',
    'Everything else is a message; one that begins with a slash has a space before it. A message of several lines stands',
    'between """ and """. Ctrl-C stops an answer, and leaves at an empty prompt.',
  ].join('\n');

async function useModel(name: string, { talk, ollama, say }: Session): Promise<void> {
  if (name !== '' && !isCloudModel(name)) {
    const installed = (await lastValueFrom(ollama.tags())).models.map((model) => model.name);
    if (!installed.some((one) => isSameModel(one, name))) throw noSuchModel(name, installed, ollama.baseUrl);
  }
  if (name !== '') [talk.model, talk.unsent] = [name, 0];
  say(`Model: ${talk.model}`);
}

function noSuchModel(name: string, installed: readonly string[], baseUrl: string): MillraceError {
  const near = nearModel(name, installed);
  return new MillraceError('MODEL_NOT_FOUND', `${baseUrl} does not have ${name}.`, {
    hint: near === undefined ? `Install it with \`millrace models pull ${name}\`.` : `Did you mean \`${near}\`?`,
  });
}

function setOption(rest: string, { talk, say }: Session): void {
  const [, name = '', text = ''] = /^(\S*)\s*(.*)$/s.exec(rest) ?? [];
  if (name !== '') {
    const { [name]: _, ...others } = talk.options as Record<string, unknown>;
    if (text === 'default') aboutOption(name);
    if (text === '') say(aboutOption(name));
    else talk.options = text === 'default' ? others : { ...others, [name]: optionValue(name, text) };
    // Another window may hold what this one did not.
    if (name === 'num_ctx') talk.unsent = 0;
  }
  const set = Object.entries(talk.options).map(([one, value]) => `${one} ${JSON.stringify(value)}`);
  say(set.length > 0 ? `Options: ${set.join(', ')}` : 'Every option is the default of the model.');
  if (name === '') say(`There is ${optionNames.join(', ')}.`);
}

function setThinking(rest: string, { talk, say }: Session): void {
  if (rest === 'default') talk.think = undefined;
  else if (thinkLevels.includes(rest as ThinkLevel)) talk.think = thinkOf(rest as ThinkLevel);
  else if (rest !== '')
    throw new MillraceError('USAGE_INVALID', `A model cannot think \`${rest}\`.`, {
      hint: `It takes ${thinkLevels.join(', ')}, or default.`,
    });
  say(`Thinking: ${talk.think === undefined ? 'as the model does by itself' : thinkLevelOf(talk.think)}`);
}

async function addImage(rest: string, session: Session): Promise<void> {
  const file = fileIn(rest, session);
  const entry = await stat(file).catch((cause) => {
    throw new MillraceError('FILE_NOT_FOUND', `\`${file}\` does not exist.`, { cause });
  });
  if (!entry.isFile()) throw new MillraceError('FILE_UNREADABLE', `\`${file}\` is no file.`);
  const { talk, ollama, say } = session;
  const { capabilities } = await lastValueFrom(ollama.show({ model: talk.model }));
  if (capabilities && !capabilities.includes('vision'))
    throw new MillraceError('CAPABILITY_MISSING', `${talk.model} sees no pictures.`, {
      hint: 'Choose a model that does with `/model`.',
    });
  talk.images.push(file);
  say(`${plural(talk.images.length, 'picture')} will go with the next message.`);
}

/** A path as it is typed: in quotes or not, `~` being the home folder. Absolute. */
function fileIn(rest: string, { terminal }: Session): string {
  const path = /^(["'])(.*)\1$/s.exec(rest)?.[2] ?? rest;
  if (path === '')
    throw new MillraceError('USAGE_INVALID', 'There is no file.', { hint: 'Write it behind the command.' });
  const { HOME } = terminal.env;
  return resolve(terminal.cwd, HOME && /^~[\\/]/.test(path) ? join(HOME, path.slice(2)) : path);
}
