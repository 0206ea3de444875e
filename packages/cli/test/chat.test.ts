import { spawnSync } from 'node:child_process';
import { readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { type FakeOllama, type FakeOllamaOptions, startFakeOllama } from '@millrace/testing';
import { atPseudoTerminal, inProcess } from './at-terminal.ts';
import { afterTest, folderWith, millrace, start } from './scene.ts';

async function fakeHost(options: FakeOllamaOptions = {}): Promise<FakeOllama> {
  const fake = await startFakeOllama({ models: ['m'], answer: ({ lastText }) => `<${lastText}>`, ...options });
  afterTest(() => fake.close());
  return fake;
}

/** The bodies of the talks that were sent. */
const talksTo = (fake: FakeOllama): Record<string, unknown>[] =>
  fake.requests.filter(({ path }) => path === '/api/chat').map(({ body }) => body as Record<string, unknown>);

const textsOf = ({ messages }: Record<string, unknown>): string[] =>
  (messages as { content: string }[]).map(({ content }) => content);

describe('without a terminal', () => {
  test('each line is a message, each answer a paragraph, and what was said goes along', async () => {
    const fake = await fakeHost({ answer: ({ lastText }) => `\n <${lastText}>\nand more \n\n` });
    const { code, stdout, stderr } = await millrace(['chat', 'm', '--host', fake.url], {
      stdin: 'one\r\n\n  \n/clear\n"""three\nfour',
    });
    const answers = ['one', '/clear', '"""three', 'four'].map((text) => `<${text}>\nand more\n`);
    expect([code, stderr, stdout]).toEqual([0, '', answers.join('\n')]);
    expect(textsOf(talksTo(fake).at(-1) ?? {})).toEqual([
      'one',
      '\n <one>\nand more \n\n',
      '/clear',
      '\n </clear>\nand more \n\n',
      '"""three',
      '\n <"""three>\nand more \n\n',
      'four',
    ]);
  });

  test('nothing on stdin is a talk in which nothing was said', async () => {
    const fake = await fakeHost();
    expect(await millrace(['chat', 'm', '--host', fake.url])).toMatchObject({ code: 0, stdout: '', stderr: '' });
    expect(talksTo(fake)).toEqual([]);
  });

  test('flags say what every request says', async () => {
    const fake = await fakeHost({ models: [{ name: 'm', capabilities: ['completion', 'thinking'] }] });
    const flags = ['--system', 'Be terse.', '--option', 'temperature=0', '--option', 'stop=a', '--option', 'stop=b'];
    const { code, stderr } = await millrace(
      ['chat', '--model', 'm', '--host', fake.url, ...flags, '--think', 'high', '--stats'],
      { stdin: 'one\n' },
    );
    expect(code).toBe(0);
    expect(stderr).toMatch(/^tokens: \d+ in, \d+ out · .*load \d\.\d s · \d\.\d s in all\n$/);
    expect(talksTo(fake)).toEqual([
      {
        model: 'm',
        messages: [
          { role: 'system', content: 'Be terse.' },
          { role: 'user', content: 'one' },
        ],
        truncate: false,
        options: { temperature: 0, stop: ['a', 'b'] },
        think: 'high',
        stream: true,
      },
    ]);
  });

  test('thinking is not told where nobody would see it apart, and is not sent back', async () => {
    const fake = await fakeHost({
      models: [{ name: 'm', capabilities: ['completion', 'thinking'] }],
      answer: () => ({ thinking: 'well', text: 'yes' }),
    });
    const { stdout, stderr } = await millrace(['chat', 'm', '--host', fake.url], { stdin: 'a\nb\n' });
    expect([stdout, stderr]).toEqual(['yes\n\nyes\n', '']);
    expect(talksTo(fake)[1]?.messages).toEqual([
      { role: 'user', content: 'a' },
      { role: 'assistant', content: 'yes' },
      { role: 'user', content: 'b' },
    ]);
  });

  test('an answer cannot steer the terminal', async () => {
    const fake = await fakeHost({ answer: () => 'a\u001b]0;title\u0007b\u202ec\rd' });
    expect((await millrace(['chat', 'm', '--host', fake.url], { stdin: 'x' })).stdout).toBe(
      'a\\x1b]0;title\\x07b\\u202ec\\x0dd\n',
    );
  });

  test('the first answer that fails ends it, with what had come of it', async () => {
    const fake = await fakeHost({
      faults: [undefined, { kind: 'error-line', afterTokens: 2, message: 'it \u001bbroke' }],
    });
    const { code, stdout, stderr } = await millrace(['chat', 'm', '--host', fake.url], { stdin: 'a b\nc d\ne f\n' });
    expect([code, stdout]).toEqual([3, '<a b>\n\n<c\n']);
    expect(stderr).toMatch(/^error\[\w+\]: .*it \\x1bbroke/);
    expect(talksTo(fake)).toHaveLength(2);
  });

  test('where the window is full the oldest questions are left out, with a word', async () => {
    const fake = await fakeHost({ models: [{ name: 'm', contextLength: 40 }] });
    const long = 'a b c d e f g h i j';
    const { code, stdout, stderr } = await millrace(['chat', 'm', '--host', fake.url], {
      stdin: `${long}\n${long}\n${long}\n`,
    });
    expect([code, stdout]).toEqual([0, `<${long}>\n\n<${long}>\n\n<${long}>\n`]);
    expect(stderr).toBe('The window is full: the first 2 messages of the talk are not sent any more.\n');
    const tooLong = await millrace(['chat', 'm', '--host', fake.url], { stdin: `${long.repeat(9)}\n` });
    expect([tooLong.code, tooLong.stderr]).toEqual([2, expect.stringMatching(/CONTEXT_OVERFLOW/)]);
  });

  test('answers must fit the schema', async () => {
    const folder = await folderWith({
      's.json': '{"type":"object","properties":{"a":{"type":"integer"}},"required":["a"]}',
      'broken.json': '{',
      'wrong.json': '{"type":"objekt"}',
    });
    const fake = await fakeHost({ answer: ({ lastText }) => lastText });
    const chat = (format: string, stdin: string) =>
      millrace(['chat', 'm', '--host', fake.url, '--format', format], { cwd: folder, stdin });
    expect(await chat('s.json', '{"a":1}\n')).toMatchObject({ code: 0, stdout: '{"a":1}\n', stderr: '' });
    expect(talksTo(fake)[0]?.format).toMatchObject({ required: ['a'] });
    expect(await chat('s.json', '{"a":"x"}\n')).toMatchObject({
      code: 3,
      stdout: '{"a":"x"}\n',
      stderr: expect.stringMatching(/^error\[ANSWER_INVALID\]: The answer does not fit s\.json: a must be integer/),
    });
    expect(await chat('json', 'no\n')).toMatchObject({ code: 3, stderr: expect.stringMatching(/is no JSON/) });
    expect(await chat('broken.json', '')).toMatchObject({ code: 2, stderr: expect.stringMatching(/no JSON/) });
    expect(await chat('wrong.json', '')).toMatchObject({ code: 2, stderr: expect.stringMatching(/no JSON Schema/) });
    expect(await chat('none.json', '')).toMatchObject({ code: 2, stderr: expect.stringMatching(/FILE_NOT_FOUND/) });
  });

  test('Ctrl-C ends it and closes the socket, while it answers and while it waits for a line', async () => {
    const fake = await fakeHost({ tokenMs: 50, answerTokens: 1000 } as FakeOllamaOptions);
    const answering = start(['chat', 'm', '--host', fake.url], { stdin: 'x\n' });
    await fake.waitFor(({ running }) => running === 1);
    answering.child.kill('SIGINT');
    expect(await answering.ended).toMatchObject({ code: 130, stderr: '' });
    await fake.waitFor(({ aborted, inFlight }) => aborted === 1 && inFlight === 0);
    const waiting = start(['chat', 'm', '--host', fake.url, '--option', 'num_predict=1'], { holdStdin: true });
    waiting.child.stdin?.write('x\n');
    await waiting.saw(/cut after 1 tokens/);
    waiting.child.kill('SIGTERM');
    expect(await waiting.ended).toMatchObject({ code: 130 });
  });
});

describe('which model answers', () => {
  const say = (env: Record<string, string>, ...flags: string[]) =>
    millrace(['chat', ...flags], { env, stdin: 'hello\n' });

  test('the one that is loaded, else the newest that can talk', async () => {
    const fake = await fakeHost({ models: [{ name: 'e', capabilities: ['embedding'] }, 'old', 'new', 'far:1b-cloud'] });
    const env = { OLLAMA_HOST: fake.url };
    const first = await say(env);
    expect([first.code, first.stderr]).toEqual([
      0,
      expect.stringMatching(/^Model: (old|new):latest, the newest at http/),
    ]);
    expect(await say(env, 'old')).toMatchObject({ code: 0, stderr: '' });
    expect((await say(env)).stderr).toMatch(/^Model: \w+:latest, which is loaded at http:\/\/127\.0\.0\.1:\d+\n$/);
  });

  test('the bundled one on the embedded engine, where nobody named a host and none has a model', async () => {
    const { code, stdout, stderr } = await millrace(['chat', '--option', 'temperature=0'], {
      env: { OLLAMA_HOST: '' },
      stdin:
        'Classify the sentiment of this review as positive, negative or neutral.\\nReview: i love it\\nSentiment:\n',
    });
    expect([code, stdout]).toEqual([0, expect.stringMatching(/^\w.*\n$/)]);
    expect(stderr).toMatch(/^Model host: the embedded engine at http:\/\/127\.0\.0\.1:\d+ with millrace-micro \(/);
  }, 60_000);

  test('no other host than the named one, and a name that is nearly right is told', async () => {
    const fake = await fakeHost({ models: ['gemma3:4b', 'qwen3:8b'] });
    const env = { OLLAMA_HOST: fake.url };
    for (const [word, meant] of [
      ['gema3:4b', 'gemma3:4b'],
      ['gemma3', 'gemma3:4b'],
      ['qwen', 'qwen3:8b'],
    ] as const)
      expect(await say(env, word)).toMatchObject({
        code: 5,
        stdout: '',
        stderr: expect.stringMatching(`does not have ${word}\\.\\n  hint: Did you mean \`${meant}\``),
      });
    expect((await say(env, 'phi4')).stderr).toMatch(/hint: Run `millrace models pull phi4`/);
    const none = await fakeHost({ models: [] });
    expect(await say({ OLLAMA_HOST: none.url })).toMatchObject({
      code: 5,
      stderr: expect.stringMatching(/no model to talk with/),
    });
    expect(await say({ OLLAMA_HOST: '127.0.0.1:9' })).toMatchObject({
      code: 5,
      stderr: expect.stringMatching(/does not answer/),
    });
    expect(await say(env, 'a', '--model', 'b')).toMatchObject({ code: 2, stderr: expect.stringMatching(/Both/) });
  });
});

describe('at a terminal', () => {
  test('answers come as they are said, thinking apart, and the talk goes on', async () => {
    const fake = await fakeHost({
      models: [{ name: 'm', capabilities: ['completion', 'thinking'] }],
      answer: ({ lastText }) => ({ thinking: 'let me \u001b[2J see', text: `<${lastText}>` }),
    });
    const { type, saw, ended } = inProcess(['chat', 'm', '--host', fake.url, '--stats']);
    await saw(/Talking with m at .*\/help lists the commands, Ctrl-D leaves\.\n.*> .*$/);
    type('hello\r');
    const said = await saw(/in all\n/);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: the dimming is what is looked for
    expect(said.replaceAll(/\u001b\[0m\u001b\[2m/g, '')).toContain(
      '\u001b[2mthinking: let me \\x1b[2J see\u001b[0m\n\n<hello>\ntokens: ',
    );
    type('again\r');
    await saw(/<again>\n/);
    type('\u0004');
    expect(await ended).toMatchObject({ code: 0 });
    expect(talksTo(fake).map(textsOf)).toEqual([['hello'], ['hello', '<hello>', 'again']]);
  });

  test('commands change the talk, and say how it is', async () => {
    const capabilities = ['completion', 'thinking'];
    const fake = await fakeHost({ models: ['m', { name: 'other:1b', capabilities }] });
    const { type, saw, ended } = inProcess(['chat', 'm', '--host', fake.url]);
    const dialogue: [string, RegExp][] = [
      ['/help', /\/save FILE +write the talk/],
      ['/system', /There is no system prompt\./],
      ['/system Be terse.', /System prompt: Be terse\./],
      ['/set', /Every option is the default[\s\S]*There is num_ctx, .*stop\./],
      ['/set temperature 0', /Options: temperature 0/],
      ['/set stop END', /Options: temperature 0, stop \["END"\]/],
      ['/set stop default', /Options: temperature 0\n/],
      ['/set temprature 0', /USAGE_INVALID[\s\S]*Did you mean `temperature`\?/],
      ['/set top_k many', /`top_k` cannot be `many`[\s\S]*a whole number from 0 on/],
      ['/think low', /Thinking: low/],
      ['/think default', /Thinking: as the model does/],
      ['/think low', /Thinking: low/],
      ['/think hard', /cannot think `hard`[\s\S]*on, off, low/],
      ['/model Other:1b', /Model: Other:1b/],
      ['/model othre:1b', /does not have othre:1b[\s\S]*Did you mean `other:1b`\?/],
      ['/stystem x', /no command `\/stystem`[\s\S]*Did you mean `\/system`\?/],
      ['/etc/hosts is what?', /<\/etc\/hosts is what\?>/],
      [' /help me', /<\/help me>/],
    ];
    for (const [line, answer] of dialogue) {
      await saw(/> /);
      type(`${line}\r`);
      await saw(answer);
    }
    type('/clear\r');
    await saw(/afresh/);
    type('/system ""\r/exit\r');
    expect(await ended).toMatchObject({ code: 0 });
    expect(talksTo(fake)).toMatchObject([
      {
        model: 'Other:1b',
        options: { temperature: 0 },
        think: 'low',
        messages: [{ role: 'system' }, { role: 'user' }],
      },
      {},
    ]);
  });

  test('a message may have several lines, and Ctrl-C forgets a line or a block', async () => {
    const fake = await fakeHost();
    const { type, saw, ended } = inProcess(['chat', 'm', '--host', fake.url]);
    await saw(/> /);
    type('"""\rone\r/help\r"""\r');
    await saw(/<one\n\/help>\n/);
    type('"""two"""\r');
    await saw(/<two>\n/);
    type('/system """three\rfour"""\r');
    await saw(/System prompt: three\nfour\n/);
    type('"""not this\rnor this\u0003');
    await saw(/\^C[\s\S]*> /);
    type('nor that\u0003');
    await saw(/\^C[\s\S]*> /);
    type('five\r');
    await saw(/<five>/);
    type('\u0003');
    expect(await ended).toMatchObject({ code: 130 });
    expect(talksTo(fake).map((body) => textsOf(body).at(-1))).toEqual(['one\n/help', 'two', 'five']);
  });

  test('a talk is saved and read again, and replaces no file', async () => {
    const fake = await fakeHost();
    const folder = await folderWith({ 'mine.md': 'mine', 'bad.jsonl': '{"role":"user"}\n' });
    const { type, saw, ended } = inProcess(['chat', 'm', '--host', fake.url, '--system', 'Be terse.'], {
      HOME: folder,
    });
    await saw(/> /);
    type('hello\r');
    await saw(/<hello>\n/);
    for (const [line, answer] of [
      [`/save ${join(folder, 'talk.md')}`, /Wrote .*talk\.md\./],
      ["/save '~/talk.jsonl'", /Wrote .*talk\.jsonl\./],
      ['/save ~/mine.md', /There is a .*mine\.md` already\.\n {2}hint: Name another file\./],
      ['/save ~/talk.txt', /no ending[\s\S]*Use \.md or \.jsonl/],
      ['/save', /There is no file/],
      ['/load ~/none.jsonl', /FILE_NOT_FOUND/],
      ['/load ~/bad.jsonl', /bad\.jsonl:1 is no message/],
      ['/load ~/mine.md', /no \.jsonl file/],
      ['/clear', /afresh/],
      ['/load ~/talk.jsonl', /goes on behind 2 messages/],
      ['again', /<again>/],
    ] as const) {
      type(`${line}\r`);
      await saw(answer);
    }
    type('\u0004');
    await ended;
    expect(await readFile(join(folder, 'talk.md'), 'utf8')).toBe(
      '# Talk with m\n\n## System\n\nBe terse.\n\n## You\n\nhello\n\n## m\n\n<hello>\n',
    );
    expect(await readFile(join(folder, 'talk.jsonl'), 'utf8')).toBe(
      '{"role":"system","content":"Be terse."}\n{"role":"user","content":"hello"}\n{"role":"assistant","content":"<hello>"}\n',
    );
    expect(await readFile(join(folder, 'mine.md'), 'utf8')).toBe('mine');
    expect(textsOf(talksTo(fake).at(-1) ?? {})).toEqual(['Be terse.', 'hello', '<hello>', 'again']);
  });

  test('a picture goes with the next message, to a model that sees', async () => {
    const fake = await fakeHost({ models: ['blind', { name: 'seeing', capabilities: ['completion', 'vision'] }] });
    const folder = await folderWith({ 'a cat.png': new Uint8Array([1, 2, 3]) });
    const { type, saw } = inProcess(['chat', 'blind', '--host', fake.url], { HOME: folder });
    for (const [line, answer] of [
      ['/image ~/a cat.png', /CAPABILITY_MISSING.*blind sees no pictures/],
      ['/model seeing', /Model: seeing/],
      ['/image ~/no.png', /FILE_NOT_FOUND/],
      ['/image ~', /FILE_NOT_FOUND|is no file/],
      ['/image "~/a cat.png"', /1 picture will go with the next message/],
      ['what is it?', /<what is it\?>/],
      ['and now?', /<and now\?>/],
    ] as const) {
      await saw(/> /);
      type(`${line}\r`);
      await saw(answer);
    }
    expect(talksTo(fake).map(({ messages }) => messages)).toMatchObject([
      [{ content: 'what is it?', images: ['AQID'] }],
      [{ content: 'what is it?', images: ['AQID'] }, {}, { content: 'and now?' }],
    ]);
  });

  test('a larger window is told of what did not fit into the one before', async () => {
    const fake = await fakeHost({ models: [{ name: 'm', contextLength: 4096, defaultContext: 40 }] });
    const { type, saw } = inProcess(['chat', 'm', '--host', fake.url]);
    const long = 'a b c d e f g h i j';
    for (const [line, answer] of [
      [long, /<a b c/],
      [long, /<a b c/],
      [long, /<a b c[\s\S]*The window is full: the first 2 messages/],
      ['/set num_ctx 400', /num_ctx 400/],
      ['all?', /<all\?>/],
    ] as const) {
      await saw(/> /);
      type(`${line}\r`);
      await saw(answer);
    }
    expect(textsOf(talksTo(fake).at(-1) ?? {})).toHaveLength(7);
  });

  test('an answer that fails is said, and the question is not kept', async () => {
    const fake = await fakeHost({ faults: [{ kind: 'status', status: 500 }] });
    const { type, saw } = inProcess(['chat', 'm', '--host', fake.url]);
    await saw(/> /);
    type('one\r');
    await saw(/error\[\w+\][\s\S]*> /);
    type('two\r');
    await saw(/<two>/);
    expect(textsOf(talksTo(fake)[1] ?? {})).toEqual(['two']);
  });

  test('lines are kept for another time, for this user alone, unless --no-history says otherwise', async () => {
    const fake = await fakeHost();
    const folder = await folderWith({});
    const env = { XDG_STATE_HOME: folder };
    const args = ['chat', 'm', '--host', fake.url];
    const first = inProcess(args, env);
    await first.saw(/> /);
    first.type('remember me\r');
    await first.saw(/<remember me>/);
    first.type('\u0004');
    await first.ended;
    const file = join(folder, 'millrace', 'chat-history');
    expect([await readFile(file, 'utf8'), (await stat(file)).mode & 0o077]).toEqual(['remember me\n', 0]);
    const second = inProcess(args, env);
    await second.saw(/> /);
    second.type('\u001b[A!\r');
    await second.saw(/<remember me!>/);
    const third = inProcess([...args, '--no-history'], env);
    await third.saw(/> /);
    third.type('\u001b[Anot this\r');
    await third.saw(/<not this>/);
    expect(await readFile(file, 'utf8')).toBe('remember me\nremember me!\n');
    await writeFile(file, Array.from({ length: 2500 }, (_, index) => `line ${index}\n`).join(''));
    const fourth = inProcess(args, env);
    await fourth.saw(/> /);
    expect((await readFile(file, 'utf8')).split('\n')).toHaveLength(1001);
  });
});

// `script` of util-linux makes a terminal; elsewhere it has other flags.
const hasScript = /util-linux/.test(spawnSync('script', ['--version'], { encoding: 'utf8' }).stdout ?? '');

describe.each(hasScript ? ['a real terminal'] : [])('at %s', () => {
  test('Ctrl-C stops an answer and closes its socket, the talk goes on, and Ctrl-D leaves', async () => {
    const fake = await fakeHost({
      tokenMs: 20,
      answer: ({ lastText }) => (lastText === 'long' ? 'word '.repeat(500) : `<${lastText}>`),
    });
    const env = { XDG_STATE_HOME: await folderWith({}) };
    const { type, saw, ended } = atPseudoTerminal(['chat', 'm', '--host', fake.url], env);
    await saw(/Ctrl-D leaves[\s\S]*> /);
    type('long\r');
    await saw(/word word word/);
    type('\u0003');
    await fake.waitFor(({ aborted, inFlight }) => aborted === 1 && inFlight === 0);
    await saw(/\n[\s\S]*> /);
    // Each key for itself: readline takes what comes in one piece for pasted.
    type('hort');
    await saw(/hort/);
    type('\u0001');
    await saw(/\[4D/);
    type('s');
    await saw(/short/);
    type('\r');
    await saw(/<short>\r\n[\s\S]*> /);
    expect(textsOf(talksTo(fake)[1] ?? {})).toEqual(['long', expect.stringMatching(/^word word/), 'short']);
    type('\u0004');
    expect(await ended).toMatchObject({ code: 0 });
  });

  test('Ctrl-C at the prompt leaves, and SIGTERM in an answer', async () => {
    const fake = await fakeHost({ tokenMs: 20, answerTokens: 1000, answer: () => 'word '.repeat(500) });
    const env = { XDG_STATE_HOME: await folderWith({}) };
    const first = atPseudoTerminal(['chat', 'm', '--host', fake.url], env);
    await first.saw(/Ctrl-D leaves[\s\S]*> /);
    first.type('\u0003');
    expect(await first.ended).toMatchObject({ code: 130 });
    const second = inProcess(['chat', 'm', '--host', fake.url]);
    await second.saw(/> /);
    second.type('x\r');
    await second.saw(/word/);
    second.signal('SIGTERM');
    expect(await second.ended).toMatchObject({ code: 130 });
    await fake.waitFor(({ aborted, inFlight }) => aborted === 1 && inFlight === 0);
  });
});
