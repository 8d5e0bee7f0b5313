import { expect, test } from 'vitest';
import { answerWithin } from '../../src/stores/answer-within.ts';
import { memory } from '../../src/stores/memory.ts';
import type { Store } from '../../src/contracts/store.ts';
import { testRuntime } from '../../src/testing/test-runtime.ts';
import { conformance } from './conformance.ts';

const MS = 5_000;

conformance('memory with a time limit', () => answerWithin(memory(), { timeoutMs: MS, after: testRuntime().after }));

/** A store whose answers wait until they are let through. */
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
  return { store, runtime, line, asked: () => asked, letThrough: () => waiting.splice(0).forEach(answer => answer()) };
}

const SILENT = { code: 'store-unusable', message: 'remote has not answered within 5000 ms' };

test('an answer in time is the store’s own', async () => {
  const { store, runtime, letThrough } = slow();
  const answer = store.generation();
  runtime.advance(MS - 1);
  letThrough();
  expect(await answer).toBe(0);
  runtime.advance(MS);
});

test('a store that does not answer has failed', async () => {
  const { store, runtime } = slow();
  const answer = store.generation();
  runtime.advance(MS);
  await expect(answer).rejects.toMatchObject(SILENT);
});

test('while it is silent one question finds out whether it answers again, and nobody else waits', async () => {
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

test.each(['its late answer', 'the next one that comes in time'])('it is back with %s', async how => {
  const { store, runtime, line, letThrough } = slow();
  const late = store.generation();
  runtime.advance(MS);
  await expect(late).rejects.toMatchObject(SILENT);
  line.isSlow = false;
  if (how === 'its late answer') {
    letThrough();
    await new Promise(setImmediate);
  } else expect(await store.generation()).toBe(0);
  expect(await Promise.all([store.generation(), store.generation()])).toEqual([0, 0]);
});

test('its own rejection stands, and says that it answers', async () => {
  const failing: Store = { ...memory(), generation: async () => Promise.reject(new Error('connection refused')) };
  const store = answerWithin(failing, { timeoutMs: MS, after: testRuntime().after });
  await expect(store.generation()).rejects.toThrow('connection refused');
  await expect(Promise.all([store.generation(), store.generation()])).rejects.toThrow('connection refused');
});
