import { expect, test, vi } from 'vitest';
import { answerWithin } from '../../src/stores/answer-within.ts';
import { memory } from '../../src/stores/memory.ts';
import type { Store } from '../../src/contracts/store.ts';
import { testRuntime } from '../../src/testing/test-runtime.ts';
import { conformance } from './conformance.ts';

const MS = 5_000;

conformance('memory with a time limit', () => answerWithin(memory(), { timeoutMs: MS, after: testRuntime().after }));

/** A store whose answers wait for `answer()`. */
function slow() {
  const runtime = testRuntime();
  const inner = memory();
  const waiting: (() => void)[] = [];
  let asked = 0;
  const line = { isSlow: true };
  const load: Store['load'] = async id => {
    asked++;
    if (line.isSlow) await new Promise<void>(resolve => void waiting.push(resolve));
    return inner.load(id);
  };
  const store: Store = answerWithin({ ...inner, name: 'remote', load }, { timeoutMs: MS, after: runtime.after });
  const ask = async (): Promise<number> => (await store.load('i')).length;
  return { ask, runtime, line, asked: () => asked, answer: () => waiting.splice(0).forEach(resolve => resolve()) };
}

const SILENT = { code: 'store-unusable', message: 'remote has not answered within 5000 ms' };

test('an answer within the time limit is returned', async () => {
  const { ask, runtime, answer } = slow();
  const generation = ask();
  runtime.advance(MS - 1);
  answer();
  expect(await generation).toBe(0);
  // The limit of an answered call no longer counts: these two are not a probe and a refusal.
  runtime.advance(MS);
  const both = Promise.all([ask(), ask()]);
  answer();
  expect(await both).toEqual([0, 0]);
});

test('a call rejects if the store does not answer within the time limit', async () => {
  const { ask, runtime } = slow();
  const answer = ask();
  runtime.advance(MS);
  await expect(answer).rejects.toMatchObject(SILENT);
});

test('while the store does not answer, one call at a time probes it and every other call rejects at once', async () => {
  const { ask, runtime, asked } = slow();
  const first = ask();
  runtime.advance(MS);
  await expect(first).rejects.toMatchObject(SILENT);
  const probe = ask();
  await expect(ask()).rejects.toMatchObject(SILENT);
  expect(asked()).toBe(2);
  runtime.advance(MS);
  await expect(probe).rejects.toMatchObject(SILENT);
});

test.each(['its late answer', 'the next answer in time'])('the store counts as available again after %s', async how => {
  const { ask, runtime, line, answer } = slow();
  const late = ask();
  runtime.advance(MS);
  await expect(late).rejects.toMatchObject(SILENT);
  line.isSlow = false;
  if (how === 'its late answer') {
    answer();
    await new Promise(setImmediate);
  } else expect(await ask()).toBe(0);
  expect(await Promise.all([ask(), ask()])).toEqual([0, 0]);
});

test('an error of the store is rethrown, and counts as an answer', async () => {
  const failing: Store = { ...memory(), load: async () => Promise.reject(new Error('connection refused')) };
  const store = answerWithin(failing, { timeoutMs: MS, after: testRuntime().after });
  const ask = async () => store.load('i');
  await expect(ask()).rejects.toThrow('connection refused');
  await expect(Promise.all([ask(), ask()])).rejects.toThrow('connection refused');
});

test.each([{}, { isPrivate: true, spoolPath: 'router.spool.jsonl' }])(
  'the wrapped store keeps its name and its properties %j',
  kept => {
    const { isPrivate: _, ...inner } = memory();
    const { name, isPrivate, spoolPath } = answerWithin(
      { ...inner, ...kept },
      { timeoutMs: MS, after: () => () => {} },
    );
    expect({ name, isPrivate, spoolPath }).toEqual({
      isPrivate: undefined,
      spoolPath: undefined,
      ...kept,
      name: 'memory',
    });
  },
);

test('closing closes the store within the time that it is given', async () => {
  const close = vi.fn(async () => {});
  await answerWithin({ ...memory(), close }, { timeoutMs: MS, after: () => () => {} }).close(70);
  expect(close).toHaveBeenCalledExactlyOnceWith(70);
});

test.each([
  ['commitAll', (store: Store) => store.commitAll([])],
  ['load', (store: Store) => store.load('i')],
  ['cells', (store: Store) => store.cells('f')],
  ['cellsSince', (store: Store) => store.cellsSince('f')],
  ['generations', (store: Store) => store.generations(['f'])],
  ['claimDue', (store: Store) => store.claimDue(0, 1, 1)],
] as const)('a request does not wait for `%s` longer than the time limit', async (name, call) => {
  const runtime = testRuntime();
  const hung = { ...memory(), name: 'remote', [name]: async () => new Promise<never>(() => {}) };
  const answer = call(answerWithin(hung, { timeoutMs: MS, after: runtime.after }));
  runtime.advance(MS);
  await expect(answer).rejects.toMatchObject(SILENT);
});

test.each([
  ['maintain', (store: Store) => store.maintain()],
  ['consistently', (store: Store) => store.consistently(async view => view.features())],
  ['correctCells', (store: Store) => store.correctCells('f', [], { id: 'one' })],
] as const)('`%s` may take longer than the time limit', async (name, call) => {
  const runtime = testRuntime();
  const { promise, resolve } = Promise.withResolvers<unknown>();
  const inner = { ...memory(), [name]: async () => promise };
  const answer = call(answerWithin(inner, { timeoutMs: MS, after: runtime.after }));
  runtime.advance(2 * MS);
  resolve('late');
  expect(await answer).toBe('late');
});
