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
  const generation = async (): Promise<number> => {
    asked++;
    if (line.isSlow) await new Promise<void>(resolve => void waiting.push(resolve));
    return inner.generation();
  };
  const store: Store = answerWithin({ ...inner, name: 'remote', generation }, { timeoutMs: MS, after: runtime.after });
  return { store, runtime, line, asked: () => asked, answer: () => waiting.splice(0).forEach(resolve => resolve()) };
}

const SILENT = { code: 'store-unusable', message: 'remote has not answered within 5000 ms' };

test('an answer within the time limit is returned', async () => {
  const { store, runtime, answer } = slow();
  const generation = store.generation();
  runtime.advance(MS - 1);
  answer();
  expect(await generation).toBe(0);
  // The limit of an answered call no longer counts: these two are not a probe and a refusal.
  runtime.advance(MS);
  const both = Promise.all([store.generation(), store.generation()]);
  answer();
  expect(await both).toEqual([0, 0]);
});

test('a call rejects if the store does not answer within the time limit', async () => {
  const { store, runtime } = slow();
  const answer = store.generation();
  runtime.advance(MS);
  await expect(answer).rejects.toMatchObject(SILENT);
});

test('while the store does not answer, one call at a time probes it and every other call rejects at once', async () => {
  const { store, runtime, asked } = slow();
  const first = store.generation();
  runtime.advance(MS);
  await expect(first).rejects.toMatchObject(SILENT);
  const probe = store.generation();
  await expect(store.generation()).rejects.toMatchObject(SILENT);
  expect(asked()).toBe(2);
  runtime.advance(MS);
  await expect(probe).rejects.toMatchObject(SILENT);
});

test.each(['its late answer', 'the next answer in time'])('the store counts as available again after %s', async how => {
  const { store, runtime, line, answer } = slow();
  const late = store.generation();
  runtime.advance(MS);
  await expect(late).rejects.toMatchObject(SILENT);
  line.isSlow = false;
  if (how === 'its late answer') {
    answer();
    await new Promise(setImmediate);
  } else expect(await store.generation()).toBe(0);
  expect(await Promise.all([store.generation(), store.generation()])).toEqual([0, 0]);
});

test('an error of the store is rethrown, and counts as an answer', async () => {
  const failing: Store = { ...memory(), generation: async () => Promise.reject(new Error('connection refused')) };
  const store = answerWithin(failing, { timeoutMs: MS, after: testRuntime().after });
  await expect(store.generation()).rejects.toThrow('connection refused');
  await expect(Promise.all([store.generation(), store.generation()])).rejects.toThrow('connection refused');
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

test('closing closes the store', async () => {
  const close = vi.fn(async () => {});
  await answerWithin({ ...memory(), close }, { timeoutMs: MS, after: () => () => {} }).close();
  expect(close).toHaveBeenCalledOnce();
});
