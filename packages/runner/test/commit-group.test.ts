import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import { type CommitGroup, createCommitGroup } from '../src/journal/commit-group.ts';
import { type Database, openDatabase } from '../src/journal/database.ts';
import { nextTurn } from '../src/next-turn.ts';

let database: Database;
let commits: CommitGroup;
/** How many rows were durable behind each commit. */
let sizes: number[];

beforeEach(async () => {
  database = await openDatabase('');
  database.exec('CREATE TABLE numbers (number INTEGER)');
  sizes = [];
  commits = createCommitGroup(database, { path: 'journal.db', check: () => {} });
  jest.useFakeTimers({ doNotFake: ['setImmediate'] });
});
afterEach(() => {
  jest.useRealTimers();
  database.close();
});

const count = (): number => database.prepare('SELECT number FROM numbers').all().length;

/** A row that ends; resolves when it is durable. */
async function end(number: number): Promise<void> {
  commits.add(() => {
    database.prepare('INSERT INTO numbers VALUES (?)').run(number);
  });
  await commits.committed();
  commits.ended();
  if (sizes.at(-1) !== count()) sizes.push(count());
}

const begin = (rows: number): void => {
  for (let row = 0; row < rows; row++) commits.begun();
};

test('a row that is alone at work waits for no others', async () => {
  begin(1);
  await end(1);
  expect(count()).toBe(1);
  expect(jest.getTimerCount()).toBe(0);
});

test('where all that are at work wait, they are durable at once, in one commit', async () => {
  begin(3);
  await Promise.all([end(1), end(2), end(3)]);
  expect(sizes).toEqual([3]);
});

test('while others are at work a row waits for them, but no longer than 20 ms', async () => {
  begin(2);
  const ended = end(1);
  await nextTurn();
  await nextTurn();
  expect(count()).toBe(0);
  jest.advanceTimersByTime(19);
  expect(count()).toBe(0);
  jest.advanceTimersByTime(1);
  await ended;
  expect(count()).toBe(1);
  await end(2);
  expect(sizes).toEqual([1, 2]);
});

test('a row waits for no more than 31 others', async () => {
  begin(100);
  await Promise.all(Array.from({ length: 32 }, (_, row) => end(row)));
  expect(sizes).toEqual([32]);
});
