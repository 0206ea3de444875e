import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { call } from './called.ts';
import { folderWith, root } from './scene.ts';

const flow = `
name: replies
model: m
inputs: { tone: { type: string, default: plain } }
each: { from: reviews.csv, key: "\${row.id}", where: "\${row.text != ''}" }
steps:
  classify:
    generate: "\${row.text}"
    returns: { label: good | bad, why: string?, words: "string[]" }
    options: { temperature: 0, num_predict: 100 }
    ensure: \${size(classify.words) > 0}
  end:
    when: \${classify.label == "bad"}
    model: other
    chat: [{ user: "Answer in a \${inputs.tone} tone: \${row.text}" }]
    retry: 1
    on_error: skip
  note: { set: { label: "\${classify.label}", reply: '\${default(end, "none")}' } }
  digest: { over: end, group_by: "\${row.product}", generate: "\${items.join(', ')}" }
save: { to: out.jsonl, fields: { note: "\${note.reply}" } }
`;
const rows = 'id,product,text\n1,radio,good\n';

/** What it says of a workflow beside some rows. */
async function explained(text: string, ...flags: string[]) {
  const folder = await folderWith({ 'w.yaml': text, 'reviews.csv': rows });
  return await call(['explain', `${folder}/w.yaml`, ...flags]);
}

describe('explain', () => {
  test('shows each step with its type, what it reads and what else the file says of it', async () => {
    const { code, stdout, stderr } = await explained(flow);
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toBe(`replies

inputs
  tone  string, default "plain"

rows of reviews.csv
  columns  id, product, text
  key      \${row.id}
  where    \${row.text != ''}

classify: generate → { label: good | bad, why: string?, words: string[] }
  model    m
  reads    row.text
  options  {"temperature":0,"num_predict":100}
  ensure   \${size(classify.words) > 0}

end: chat → string
  model     other
  reads     classify.label, inputs.tone, row.text
  when      \${classify.label == "bad"}
  retry     {"invalid":1}
  on_error  skip

note: set → { label: good | bad, reply: string }
  reads  classify.label, end

digest: generate → string
  model     m
  reads     end, row.product, items
  over      end
  group_by  \${row.product}

saved to out.jsonl
  note              \${note.reply}
  groups of digest  out.digest.jsonl

graph
  rows      → classify, end
  classify  → end, note
  end       → note (if there is one), digest (after all rows)
  note      → save
  digest    → save
`);
  });

  test('shows what its page of the documentation shows', async () => {
    const { stdout } = await call(['explain', join(root, 'workflows/review-replies.yaml')]);
    expect(await readFile(join(root, 'docs/authoring.md'), 'utf8')).toContain(`\n\`\`\`text\n${stdout}\`\`\`\n`);
  });

  test('gives programs the same as JSON', async () => {
    const { stdout } = await explained(flow, '--format', 'json');
    const { steps, edges, rows: source, save } = JSON.parse(stdout);
    expect(source).toEqual({
      from: 'reviews.csv',
      columns: ['id', 'product', 'text'],
      key: '${row.id}',
      where: "${row.text != ''}",
    });
    expect(steps.map(({ id, type }: { id: string; type: string }) => [id, type])).toContainEqual(['end', 'string']);
    expect(edges).toContainEqual({ from: 'end', to: 'digest', how: 'all' });
    expect(save).toEqual({
      to: 'out.jsonl',
      fields: { note: '${note.reply}' },
      over: { digest: 'out.digest.jsonl' },
      order: 'input',
    });
  });

  test('draws the graph for Mermaid, whose own words and marks do no harm', async () => {
    const { stdout } = await explained(flow, '--format', 'mermaid');
    expect(stdout).toMatch(/^flowchart TD\n {2}rows\[\("reviews\.csv"\)\]\n/);
    expect(stdout).toContain('step_end["end<br/>chat, other<br/>→ string<br/>when ${classify.label == #34;bad#34;}"]');
    expect(stdout).toContain('step_end -.-> step_note');
    expect(stdout).toContain('step_end ==> step_digest');
    expect(stdout).toContain('step_digest --> save');
    expect(stdout.replaceAll(/"[^"\n]*"/g, '')).not.toMatch(/["#<&]/);
  });

  test('shows how it runs, where the file says so', async () => {
    const { stdout } = await explained(`model: m
steps: { a: { generate: x } }
limits: { parallel: 2, rate: 60/min, errors: 5%, idle: 2m }
schedule: { cron: "0 2 * * *", zone: Europe/Berlin }
hosts: [127.0.0.1:11434]
`);
    expect(stdout).toContain(`run with
  parallel  2
  rate      60 calls in 1 min 0 s
  errors    5 % of the rows
  idle      2 min 0 s
  schedule  cron 0 2 * * *, Europe/Berlin
  hosts     127.0.0.1:11434
`);
  });

  test('of a file with errors says what is wrong, and nothing else', async () => {
    const { code, stdout, stderr } = await explained('model: m\nsteps: { a: { generate: "${b}" } }\n');
    expect([code, stdout, stderr]).toEqual([2, '', expect.stringMatching(/error\[NAME_UNKNOWN\]/)]);
    expect(await call(['explain', '/none.yaml'])).toMatchObject({ code: 2, stdout: '' });
  });

  test.each(['text', 'mermaid', 'json'])(
    'never sends control sequences of a file to the terminal: %s',
    async (format) => {
      const odd = '"\\e[31m\\u009b\\u202ered"';
      const text = `name: ${odd}\nmodel: ${odd}\nsteps: { a: { generate: ${odd}, returns: { ${odd}: string }, system: ${odd} } }\n`;
      const { code, stdout } = await explained(text, '--format', format);
      expect(code).toBe(0);
      expect(stdout).toMatch(/\\x1b|\\u001b|#92;x1b/);
      expect(stdout).not.toMatch(/(?!\n)\p{Cc}|\u202e/u);
    },
  );
});
