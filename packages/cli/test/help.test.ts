import { describe, expect, test } from '@jest/globals';
import { call } from './called.ts';

describe('help', () => {
  const commands = [
    'run',
    'plan',
    'runs',
    'chat',
    'generate',
    'models',
    'validate',
    'init',
    'explain',
    'schema',
    'engine',
  ];

  test.each([[['--help']], [['-h']], [['help']]])('%j lists every command with what it takes', async (words) => {
    const { code, stdout } = await call(words, { terminal: 120 });
    expect(code).toBe(0);
    for (const name of commands) expect(stdout).toMatch(new RegExp(`^  ${name} \\[options\\]`, 'm'));
    expect(stdout).toMatch(/^ {2}chat \[options\] \[model\] +talk with a model/m);
  });

  test.each(commands.map((name) => [name]))('%s --help and help %s tell its flags, and an example', async (name) => {
    for (const words of [
      [name, '--help'],
      ['help', name],
    ]) {
      const { code, stdout } = await call(words);
      expect([code, stdout]).toEqual([
        0,
        expect.stringMatching(`^Usage: millrace ${name} [\\s\\S]*--[\\s\\S]*Examples:\\n`),
      ]);
    }
  });

  test.each(['list', 'ps', 'show', 'pull', 'rm', 'copy', 'unload'])('models %s --help as well', async (name) => {
    const { code, stdout } = await call(['models', name, '--help']);
    expect([code, stdout]).toEqual([0, expect.stringMatching(/--host <url>[\s\S]*Examples:\n[\s\S]*Exit codes: /)]);
  });
});

test.each([
  ['modles', 'models'],
  ['cat', 'chat'],
  ['generat', 'generate'],
])('`%s` is no command, and `%s` is meant', async (word, meant) => {
  const { code, stdout, stderr } = await call([word, 'x']);
  expect([code, stdout, stderr]).toEqual([
    2,
    '',
    expect.stringMatching(`unknown command '${word}'\\n\\(Did you mean ${meant}\\?\\)`),
  ]);
});
