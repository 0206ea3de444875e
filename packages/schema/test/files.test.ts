import { describe, expect, test } from '@jest/globals';
import { check, problems } from './support/check.ts';
import { cpuTimer } from './support/cpu-time.ts';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

test('a file of five megabytes is refused unread', async () => {
  const elapsed = cpuTimer();
  expect(await problems(new Uint8Array(5_000_000).fill(97))).toMatchObject([
    {
      code: 'FILE_UNREADABLE',
      line: 1,
      column: 1,
      path: '',
      message: 'The file has 5000000 bytes, and a workflow has at most 262144.',
      hint: 'Is this the file with the rows? The workflow names it in `each.from`.',
    },
  ]);
  expect(elapsed()).toBeLessThan(100);
});

test('a file of exactly the greatest size is read', async () => {
  const text = 'model: m\nsteps:\n  first: { generate: hi }\n#';
  const padded = text + 'x'.repeat(256 * 1024 - text.length);
  expect(await problems(padded)).toEqual([]);
  expect(await problems(`${padded}x`)).toMatchObject([{ code: 'FILE_UNREADABLE' }]);
});

describe('the place where a file stops being UTF-8', () => {
  test.each([
    ['a lone continuation byte', [0x80]],
    ['a sequence that is cut by the end of the file', [0xe2, 0x82]],
    ['a surrogate', [0xed, 0xa0, 0x80]],
    ['an overlong form', [0xc0, 0xaf]],
    ['latin 1', [0xe9, 0x20]],
  ])('%s', async (_, wrong) => {
    const before = bytes('model: m\n# é 😀\nsteps: "');
    expect(await problems(new Uint8Array([...before, ...wrong]))).toMatchObject([
      { code: 'FILE_UNREADABLE', line: 3, column: 9, message: 'The file is not UTF-8 from here on.' },
    ]);
  });
});

describe('what a hostile file holds ends in a diagnostic, soon and without harm', () => {
  const size = 256 * 1024;
  const tooMany = 'The file has more than 60000 words and signs of YAML.';
  const fill = (part: string): string => part.repeat(Math.floor(size / part.length));
  test.each([
    ['open brackets', fill('['), 'This is nested deeper than 100 levels.'],
    ['open braces', fill('{'), 'This is nested deeper than 100 levels.'],
    ['maps in maps', fill('{a: '), 'This is nested deeper than 100 levels.'],
    ['lists in lists', fill('- '), 'This is nested deeper than 100 levels.'],
    ['keys in keys', fill('? '), 'This is nested deeper than 100 levels.'],
    [
      'indented maps',
      Array.from({ length: 500 }, (_, at) => `${' '.repeat(at)}a:`).join('\n'),
      'This is nested deeper than 100 levels.',
    ],
    ['aliases', `a: &a x\nb:\n${'- *a\n'.repeat(1000)}`, 'The file has more than 500 aliases.'],
    [
      'aliases that multiply',
      `a: &a [${'x,'.repeat(400)}]\n${Array.from({ length: 8 }, (_, at) => `b${at}: [${'*a,'.repeat(12)}]`).join('\n')}\n`,
      undefined,
    ],
    ['a long text', `a: "${'x'.repeat(size - 10)}"`, undefined],
    ['closing brackets', fill(']'), tooMany],
    ['fewer closing brackets', ']'.repeat(55_000), undefined],
    ['quotes', fill('"'), tooMany],
    ['fewer quotes', '"'.repeat(55_000), undefined],
    ['commas', `[${fill(',').slice(1)}`, tooMany],
    ['fewer commas', `[${','.repeat(55_000)}`, undefined],
    ['lines', fill('a\n'), undefined],
    ['keys', fill('a:\n'), tooMany],
    ['fewer keys', 'a:\n'.repeat(4_000), 'This key stands in the same map before.'],
    ['anchors', fill('&a '), tooMany],
    ['tags', fill('!a '), tooMany],
    ['colons', fill(': '), undefined],
    ['documents', fill('---\n'), tooMany],
    ['line breaks', fill('\n'), tooMany],
    ['carriage returns', fill('\r'), undefined],
    [
      'open expressions',
      `model: m\nsteps: { a: { generate: '${fill('${').slice(0, 200_000)}' } }`,
      'This `${` is never closed.',
    ],
    ['expressions', `model: m\nsteps: { a: { generate: '${fill('${x}').slice(0, 4_000)}' } }`, undefined],
    [
      'a long expression',
      `model: m\nsteps: { a: { generate: '\${${fill('1+').slice(0, 200_000)}1}' } }`,
      'This expression cannot be read: it is longer than 5000 characters.',
    ],
    [
      'an expression of many parts',
      `model: m\nsteps: { a: { generate: '\${${'1+'.repeat(2400)}1}' } }`,
      'The expression is too long or nested too deeply.',
    ],
    [
      'negations',
      `model: m\nsteps: { a: { generate: '\${${'!'.repeat(4900)}true}' } }`,
      'The expression is too long or nested too deeply.',
    ],
    [
      'parentheses',
      `model: m\nsteps: { a: { generate: '\${${'('.repeat(2400)}1${')'.repeat(2400)}}' } }`,
      'The expression is too long or nested too deeply.',
    ],
    [
      'a nested type',
      `model: m\nsteps: { a: { generate: hi, returns: "${'('.repeat(5000)}a | b${')'.repeat(5000)}" } }`,
      'This type is nested deeper than 20 levels.',
    ],
    [
      'a list of lists',
      `model: m\nsteps: { a: { generate: hi, returns: "string${'[]'.repeat(5000)}" } }`,
      'This type is nested deeper than 20 levels.',
    ],
    [
      'many choices',
      `model: m\nsteps: { a: { generate: hi, returns: "${Array.from({ length: 20_000 }, (_, at) => `c${at}`).join(' | ')}" } }`,
      undefined,
    ],
    [
      'many wrong names',
      `model: m\nsteps:\n${Array.from({ length: 1000 }, (_, at) => `  step_${at}: { generate: "\${stepp_${at}x}" }`).join('\n')}`,
      undefined,
    ],
  ])('%s', async (_, text, message) => {
    const elapsed = cpuTimer();
    const found = await check(text);
    if (message !== undefined) expect(found.diagnostics.map((diagnostic) => diagnostic.message)).toContain(message);
    for (const { line, column, endLine, endColumn } of found.diagnostics) {
      expect(line).toBeGreaterThan(0);
      expect(column).toBeGreaterThan(0);
      expect(endLine > line || (endLine === line && endColumn >= column)).toBe(true);
    }
    expect(elapsed()).toBeLessThan(10_000);
  });
});

test('line ends of any kind do not move a place', async () => {
  const text = 'model: m\n\nsteps:\n  first:\n    generate: |\n      a\n\n      ${rwo}\n';
  const [expected] = await problems(text);
  expect(expected).toMatchObject({ line: 8, column: 9, endLine: 8, endColumn: 12 });
  expect(await problems(text.replaceAll('\n', '\r\n'))).toEqual([expected]);
  expect(await problems(`\ufeff${text}`)).toEqual([expected]);
});

test('a file is named as the caller named it', async () => {
  expect(await problems('modle: m\n')).toMatchObject([{ file: 'workflow.yaml' }, { file: 'workflow.yaml' }]);
});
