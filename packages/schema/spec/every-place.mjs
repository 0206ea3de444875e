// `node packages/schema/spec/every-place.mjs`: writes the fixtures that hold one mistake at every place that takes an expression. What is
// expected of them is written by `propose.mjs`, and read.
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { ollamaOptions } from '../dist/index.js';

const folder = fileURLToPath(new URL('./invalid/', import.meta.url));

/** Fixtures, each with its mistake. */
const mistakes = {
  'expression-syntax': '${1 +}',
  'expression-type': '${1 + "a"}',
  'name-unknown': '${wrng}',
  'field-unknown': '${inputs.tona}',
  'function-unknown': '${upcase("a")}',
  'secret-refused': '${secrets.API_KEY}',
  'file-not-found': '${file("sytle.md")}',
  'path-refused': '${file("../secret.md")}',
  'file-unreadable': '${file("blob.bin")}',
};

const surroundings = {
  columns: { text: 'string' },
  files: { 'style.md': 'Be brief.' },
  refused: {
    '../secret.md': {
      code: 'PATH_REFUSED',
      message: '`../secret.md` leads out of the folder of the workflow.',
      hint: 'Name a file below it.',
    },
    'blob.bin': {
      code: 'FILE_UNREADABLE',
      message: '`blob.bin` is no text in UTF-8.',
      hint: 'Name a text file of at most 1 MiB.',
    },
  },
};

const options = [...Object.keys(ollamaOptions), 'max_tokens'];

const workflowOf = (mistake) => {
  const x = `'${mistake}'`;
  return `# Written by every-place.mjs: \`${mistake}\` at every place that takes an expression.
model: m
inputs: { tone: { type: string } }
secrets: [API_KEY]
each: { from: rows.csv, key: ${x}, where: ${x} }
steps:
  text:
    generate: ${x}
    when: ${x}
    for: ${x}
    ensure: ${x}
    repeat: { until: ${x} }
    expect: ${x}
    on_error: { use: ${x} }
    model: ${x}
    system: ${x}
    think: ${x}
    images: ${x}
    keep_alive: ${x}
    options:
${options.map((option) => `      ${option}: ${x}`).join('\n')}
  talk:
    chat: [{ system: ${x} }, { user: ${x} }, { assistant: ${x} }]
    for: [a, ${x}]
    expect: { mood: ${x} }
    on_error: { use: [${x}] }
    images: [${x}]
    options: { stop: [${x}] }
  talk_of_the_row: { chat: ${x} }
  talk_of_messages: { chat: [{ user: hi }, ${x}] }
  vector: { embed: ${x} }
  vectors: { embed: [${x}] }
  pieces: { split: ${x} }
  small_pieces: { split: { text: ${x}, tokens: ${x}, overlap: ${x} } }
  value: { set: ${x} }
  values: { set: { a: [${x}] } }
  digest:
    over: text
    group_by: ${x}
    when: ${x}
    generate: ${x}
    ensure: ${x}
    repeat: { until: ${x} }
    expect: ${x}
    on_error: { use: ${x} }
    system: ${x}
    options: { seed: ${x} }
save:
  fields: { a: ${x}, b: { c: ${x} } }
`;
};

for (const [name, mistake] of Object.entries(mistakes)) {
  writeFileSync(`${folder}every-place-${name}.yaml`, workflowOf(mistake));
  writeFileSync(`${folder}every-place-${name}.json`, `${JSON.stringify({ surroundings, diagnostics: [] }, null, 2)}\n`);
}
