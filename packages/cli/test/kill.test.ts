import { existsSync, readFileSync } from 'node:fs';
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import {
  type AnswerRequest,
  type FakeOllama,
  type FakeRequest,
  isQuestion,
  randomFaults,
  startFakeOllama,
} from '@millrace/testing';
import {
  afterEvents,
  callsOf,
  createFakeWatch,
  type Draw,
  drawFrom,
  type FakeWatch,
  isLong,
  live,
  type Moment,
  promptOf,
  seedOf,
} from './kill-moments.ts';
import { afterTest, folderWith, millrace } from './scene.ts';

const parallel = 4;
/** Longer than the journal gathers what it commits together, so that a call in flight has at most one answer behind it and one that waits. */
const answerTokens = 12;
/** Answers that a kill may cost at most: those on their way, and those that wait for their commit. */
const lostAtOnce = 3 * parallel;
const killsOfATrial = isLong ? 12 : 6;
const trialsOfAFormat = isLong ? 5 : 1;

const workflow = (input: string, output: string, replier: string): string => `name: killed
model: m
each: { from: ${input}, key: "\${row.id}", where: "\${row.text != \\"left out\\"}", columns: { id: string, product: string, text: string } }
steps:
  topics:
    generate: "Topics of: \${row.text}"
    returns: { topics: "(price | quality | service)[]", mood: good | bad }
    retry: 0
  notes:
    for: \${topics.topics}
    when: \${item != "price"}
    generate: "What is said about \${item}? \${row.text}"
  reply:
    when: \${topics.mood == "bad"}
    model: ${replier}
    chat: [{ system: Be kind. }, { user: "Reply to: \${row.text}" }]
  digest:
    over: reply
    group_by: \${row.product}
    fold: 5
    generate: "Merge: \${items.join(\\" | \\")}"
save:
  to: out/results.${output}
  fields: { product: "\${row.product}", mood: "\${topics.mood}", notes: "\${notes}", reply: "\${default(reply, \\"-\\")}" }
  over: { digest: out/digest.jsonl }
  errors: out/errors.jsonl
limits: { parallel: ${parallel} }
`;

/** Some rows fail for good, some are left out; of those in jsonl one is no JSON, and one has the key of another. */
function rowsOf(count: number, format: string): string {
  const rows = Array.from({ length: count }, (_, id) => ({
    id: `r${id}`,
    product: `p${id % 3}`,
    text: id % 11 === 7 ? 'left out' : `${id % 9 === 4 ? 'hopeless' : 'usual'} text number ${id}`,
  }));
  if (format === 'csv')
    return `id,product,text\n${rows.map(({ id, product, text }) => `${id},${product},${text}\n`).join('')}`;
  const lines = rows.map((row) => JSON.stringify(row));
  lines.splice(3, 0, '{"id": "torn', JSON.stringify({ ...rows[1], text: 'another of the same key' }));
  return `${lines.join('\n')}\n`;
}

/** The same for the same prompt. */
function answer({ lastText }: AnswerRequest): { tokens: string[] } {
  const sum = [...lastText].reduce((total, letter) => total + letter.charCodeAt(0), 0);
  if (!lastText.startsWith('Topics')) return { tokens: tokensOf(`Said of ${lastText.slice(0, 80)}: ${sum}.`) };
  if (lastText.includes('hopeless'))
    return { tokens: tokensOf('I would rather talk about the weather today, if I may say so.') };
  const topics = ['price', 'quality', 'service'].slice(0, sum % 4);
  return { tokens: tokensOf(JSON.stringify({ topics, mood: sum % 2 === 0 ? 'bad' : 'good' })) };
}

/** As many pieces for each text, so that each answer takes as long. */
function tokensOf(text: string): string[] {
  const length = Math.ceil(text.length / answerTokens);
  return Array.from({ length: answerTokens }, (_, index) => text.slice(index * length, (index + 1) * length));
}

const files = (output: string): string[] => [`out/results.${output}`, 'out/digest.jsonl', 'out/errors.jsonl'];

const contentsOf = (folder: string, output: string): Promise<string[]> =>
  Promise.all(files(output).map((name) => readFile(join(folder, name), 'utf8')));

/** A moment by chance: of each kind in turn while rows are in work, and at last twice while the reduce is. */
function momentOf(kill: number, draw: Draw, watch: FakeWatch, results: string, hasStages: boolean): Moment {
  const isAnswered = (request: FakeRequest, event: string): boolean => isQuestion(request) && event === 'ended';
  const startsReduce = (request: FakeRequest, event: string): boolean =>
    isQuestion(request) && event === 'started' && promptOf(request).startsWith('Merge: ');
  const lines = linesOf(results) + draw(1, 8);
  if (kill >= killsOfATrial - 2) return afterEvents(watch, draw(1, 3), draw(0, 15), startsReduce);
  // In the first stage no row ends, and no line is written.
  switch (hasStages && kill % 4 === 1 ? 0 : kill % 4) {
    case 0:
      return afterEvents(watch, draw(1, 25), 0, isAnswered);
    case 1:
      return afterEvents(watch, 1, draw(0, 3), () => linesOf(results) >= lines);
    case 2:
      return afterEvents(watch, draw(1, 4), draw(0, 20), () => true); // while it asks about its model, or begins
    default:
      return afterEvents(watch, draw(5, 25), draw(1, 40), isAnswered);
  }
}

/** The first field of each line, of both formats. */
const keysOf = (text: string): string[] =>
  text
    .trimEnd()
    .split('\n')
    .map((line) => line.split(',', 1)[0] as string);

const linesOf = (path: string): number => (existsSync(path) ? readFileSync(path, 'utf8').split('\n').length - 1 : 0);

/** What the lives of one run asked for. */
interface Lives {
  readonly kills: number;
  readonly code: number | null;
  readonly said: string;
  /** Of each life that was killed: its answers that were asked for again later. */
  readonly lost: readonly number[];
}

async function killAgainAndAgain(
  args: readonly string[],
  folder: string,
  moments: (kill: number) => Moment,
  fake: FakeOllama,
  isWell: (request: FakeRequest) => boolean,
): Promise<Lives> {
  const answeredIn = new Map<string, number>();
  const lost: number[] = [];
  const never: Moment = () => () => {};
  let seen = callsOf(fake).length;
  for (let kills = 0; ; ) {
    const { signal, code, stdout, stderr } = await live(args, folder, kills < killsOfATrial ? moments(kills) : never);
    await fake.waitFor(({ inFlight }) => inFlight === 0);
    for (const request of callsOf(fake).slice(seen)) {
      const identity = JSON.stringify(request.body);
      const life = answeredIn.get(identity);
      if (life !== undefined && life < kills) lost[life] = (lost[life] ?? 0) + 1;
      if (isWell(request)) answeredIn.set(identity, kills);
    }
    seen = callsOf(fake).length;
    if (signal !== 'SIGKILL') return { kills, code, said: stdout + stderr, lost };
    kills++;
  }
}

for (const [input, output, replier] of [
  ['rows.jsonl', 'jsonl', 'm'],
  ['rows.csv', 'csv', 'm'],
  ['rows.jsonl', 'jsonl', 'n'],
] as const)
  for (let trial = 0; trial < trialsOfAFormat; trial++)
    test(`a run that is killed again and again ends as one that is not: ${output}, ${replier === 'm' ? 'one model' : 'two models'}, trial ${trial + 1}`, async () => {
      const seed = seedOf() + trial;
      const draw = drawFrom(seed);
      const watch = createFakeWatch();
      const chance = randomFaults({ seed, rate503: 0.02, rateMidstream: 0.01 });
      const faulty = new Set<unknown>();
      let areFaultsOn = false;
      const fake = await startFakeOllama({
        models: ['m', 'n'],
        maxLoadedModels: 1,
        slots: parallel,
        tokenMs: 1,
        answer,
        onEvent: watch.onEvent,
        faults: (request) => {
          // How often a row was tried that fails for good stands in the errors file, and depends on faults.
          const isHopeless = isQuestion(request) && promptOf(request).includes('hopeless');
          const fault = areFaultsOn && !isHopeless ? chance(request) : undefined;
          if (fault) faulty.add(request.body);
          return fault;
        },
      });
      afterTest(() => fake.close());
      const folder = await folderWith({
        'w.yaml': workflow(input, output, replier),
        [input]: rowsOf(15 * killsOfATrial, output),
      });
      const args = ['run', 'w.yaml', '--host', fake.url];

      const unbroken = await millrace(args, { cwd: folder });
      const expected = await contentsOf(folder, output);
      const calls = new Set(callsOf(fake).map(({ body }) => JSON.stringify(body)));
      await rm(join(folder, '.millrace'), { recursive: true, force: true });
      await rm(join(folder, 'out'), { recursive: true });

      areFaultsOn = true;
      try {
        const isWell = ({ body, events }: FakeRequest): boolean => !faulty.has(body) && events.at(-1)?.type === 'ended';
        const results = join(folder, files(output)[0] as string);
        const moments = (kill: number): Moment => momentOf(kill, draw, watch, results, replier !== 'm');
        const before = callsOf(fake).length;
        const { kills, code, said, lost } = await killAgainAndAgain(args, folder, moments, fake, isWell);
        const asked = new Set(
          callsOf(fake)
            .slice(before)
            .map(({ body }) => JSON.stringify(body)),
        );

        expect([code, said]).toEqual([unbroken.code, expect.stringMatching(/is done after/)]);
        expect(await contentsOf(folder, output)).toEqual(expected);
        expect(keysOf(expected[0] as string)).toHaveLength(new Set(keysOf(expected[0] as string)).size);
        expect(kills).toBe(killsOfATrial);
        expect(asked).toEqual(calls);
        expect(lost.filter((answers) => answers > lostAtOnce)).toEqual([]);

        const { total } = fake;
        const again = await millrace(args, { cwd: folder });
        expect([again.code, again.stdout + again.stderr]).toEqual([
          unbroken.code,
          expect.stringMatching(/nothing to do/i),
        ]);
        expect(fake.requests.slice(total).filter(isQuestion)).toEqual([]);
        expect(await contentsOf(folder, output)).toEqual(expected);
      } catch (error) {
        throw new Error(`With MILLRACE_KILL_SEED=${seed - trial}: ${(error as Error).message}`, { cause: error });
      }
    }, 600_000);
