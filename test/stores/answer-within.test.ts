import { expect, test, vi } from 'vitest';
import { answerWithin } from '../../src/stores/answer-within.ts';
import { memory } from '../../src/stores/memory.ts';
import type { Store } from '../../src/contracts/store.ts';
import { testRuntime } from '../../src/testing/test-runtime.ts';
import { conformance } from './conformance.ts';

const MS = 2_000;
const READ_MS = 5_000;
const LIMITS = { timeoutMs: MS, readTimeoutMs: READ_MS };

conformance('memory with a time limit', () => answerWithin(memory(), { ...LIMITS, after: testRuntime().after }));

/** A store whose answers wait for `answer()`. */
function slow() {
  const runtime = testRuntime();
  const inner = memory();
  const waiting: (() => void)[] = [];
  const asked = { loads: 0, probes: 0 };
  const line = { isSlow: true };
  const answered = async (): Promise<void> => {
    if (line.isSlow) await new Promise<void>(resolve => void waiting.push(resolve));
  };
  const load: Store['load'] = async id => {
    asked.loads++;
    await answered();
    return inner.load(id);
  };
  const generations: Store['generations'] = async features => {
    asked.probes++;
    await answered();
    return inner.generations(features);
  };
  const store: Store = answerWithin(
    { ...inner, name: 'remote', load, generations },
    { ...LIMITS, after: runtime.after },
  );
  const ask = async (): Promise<number> => (await store.load('i')).length;
  return {
    ask,
    runtime,
    line,
    asked: () => ({ ...asked }),
    answer: () => waiting.splice(0).forEach(resolve => resolve()),
  };
}

const SILENT = { code: 'store-unusable', message: 'remote has not answered within 2000 ms' };

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

test('an immediate answer needs no time limit, and is not asked for while the store does not answer', async () => {
  const runtime = testRuntime();
  const committed = [{ kind: 'committed' }] as const;
  const commitAll = Object.assign(async () => committed, { now: () => committed });
  const inner = { ...memory(), load: async () => new Promise<never>(() => {}), commitAll };
  const store = answerWithin(inner, { ...LIMITS, after: runtime.after });
  expect(store.commitAll.now?.([])).toBe(committed);
  const silent = store.load('i');
  runtime.advance(MS);
  await expect(silent).rejects.toThrow('has not answered');
  expect(store.commitAll.now?.([])).toBeUndefined();
  const asynchronous = { ...memory(), commitAll: async () => committed };
  expect(answerWithin(asynchronous, { ...LIMITS, after: runtime.after }).commitAll.now).toBeUndefined();
});

test('every change goes through a store’s own commitAll, also around a store that answers at once', async () => {
  const inner = { ...memory(), commitAll: Object.assign(async () => [], { now: () => [] }) };
  const commitAll = vi.fn(async () => Promise.reject(new Error('refused')));
  const outer = answerWithin({ ...inner, commitAll }, { ...LIMITS, after: testRuntime().after });
  expect(outer.commitAll.now).toBeUndefined();
  await expect(outer.commitAll([])).rejects.toThrow('refused');
});

test('a call rejects if the store does not answer within the time limit', async () => {
  const { ask, runtime } = slow();
  const answer = ask();
  runtime.advance(MS);
  await expect(answer).rejects.toMatchObject(SILENT);
});

test('while the store does not answer, every call rejects at once, and a probe that none of them waits for asks it again', async () => {
  const { ask, runtime, line, asked, answer } = slow();
  const first = ask();
  runtime.advance(MS);
  await expect(first).rejects.toMatchObject(SILENT);
  for (let call = 0; call < 3; call++) await expect(ask()).rejects.toMatchObject(SILENT);
  expect(asked()).toEqual({ loads: 1, probes: 1 });
  // A probe that is not answered either is followed by another.
  runtime.advance(READ_MS);
  await new Promise(setImmediate);
  await expect(ask()).rejects.toMatchObject(SILENT);
  expect(asked()).toEqual({ loads: 1, probes: 2 });
  line.isSlow = false;
  answer();
  await new Promise(setImmediate);
  expect(await ask()).toBe(0);
});

test.each([
  ['its late answer', false],
  ['an answer to the probe', true],
])('the store counts as available again after %s', async (_, isProbed) => {
  const { ask, runtime, line, answer } = slow();
  const late = ask();
  runtime.advance(MS);
  await expect(late).rejects.toMatchObject(SILENT);
  line.isSlow = false;
  if (isProbed) await expect(ask()).rejects.toMatchObject(SILENT);
  else answer();
  await new Promise(setImmediate);
  expect(await Promise.all([ask(), ask()])).toEqual([0, 0]);
});

test('an error within the time limit is an answer: the store counts as available again after a probe that it rejects', async () => {
  const runtime = testRuntime();
  const load = vi.fn(async () => new Promise<never>(() => {}));
  const generations = async () => Promise.reject(new Error('out of order'));
  const store = answerWithin({ ...memory(), name: 'remote', load, generations }, { ...LIMITS, after: runtime.after });
  const first = store.load('i');
  runtime.advance(MS);
  await expect(first).rejects.toMatchObject(SILENT);
  await expect(store.load('i')).rejects.toMatchObject(SILENT);
  await new Promise(setImmediate);
  expect(load).toHaveBeenCalledTimes(1);
  const asked = store.load('i');
  expect(load).toHaveBeenCalledTimes(2);
  runtime.advance(MS);
  await expect(asked).rejects.toMatchObject(SILENT);
});

test('an error of the driver’s own time limit that comes after this limit does not count as an answer', async () => {
  const runtime = testRuntime();
  const { promise, reject } = Promise.withResolvers<never>();
  const inner = { ...memory(), name: 'remote', load: async () => promise, generations: async () => promise };
  const store = answerWithin(inner, { ...LIMITS, after: runtime.after });
  const late = store.load('i');
  runtime.advance(MS);
  await expect(late).rejects.toMatchObject(SILENT);
  reject(new Error('Query read timeout'));
  await new Promise(setImmediate);
  await expect(store.load('i')).rejects.toMatchObject(SILENT);
});

test('a reading of whole statistics may take longer, but other calls do not wait meanwhile', async () => {
  const runtime = testRuntime();
  const hung = { ...memory(), name: 'remote', cellsSince: async () => new Promise<never>(() => {}) };
  const store = answerWithin(hung, { ...LIMITS, after: runtime.after });
  let isRejected = false;
  const reading = store.cellsSince('f').catch((error: unknown) => {
    isRejected = true;
    return error;
  });
  runtime.advance(MS);
  await expect(store.load('i')).rejects.toMatchObject(SILENT);
  expect(isRejected).toBe(false);
  runtime.advance(READ_MS - MS);
  expect(await reading).toMatchObject({ message: 'remote has not answered within 5000 ms' });
});

test('an error of the store is rethrown, and counts as an answer', async () => {
  const failing: Store = { ...memory(), load: async () => Promise.reject(new Error('connection refused')) };
  const store = answerWithin(failing, { ...LIMITS, after: testRuntime().after });
  const ask = async () => store.load('i');
  await expect(ask()).rejects.toThrow('connection refused');
  await expect(Promise.all([ask(), ask()])).rejects.toThrow('connection refused');
});

test.each([{}, { isPrivate: true, spoolPath: 'router.spool.jsonl' }])(
  'the wrapped store keeps its name and its properties %j',
  kept => {
    const { isPrivate: _, ...inner } = memory();
    const { name, isPrivate, spoolPath } = answerWithin({ ...inner, ...kept }, { ...LIMITS, after: () => () => {} });
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
  await answerWithin({ ...memory(), close }, { ...LIMITS, after: () => () => {} }).close(70);
  expect(close).toHaveBeenCalledExactlyOnceWith(70);
});

test.each([
  ['commitAll', (store: Store) => store.commitAll([])],
  ['load', (store: Store) => store.load('i')],
  ['generations', (store: Store) => store.generations(['f'])],
  ['claimDue', (store: Store) => store.claimDue(0, 1, 1)],
] as const)('a request does not wait for `%s` longer than the time limit', async (name, call) => {
  const runtime = testRuntime();
  const hung = { ...memory(), name: 'remote', [name]: async () => new Promise<never>(() => {}) };
  const answer = call(answerWithin(hung, { ...LIMITS, after: runtime.after }));
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
  const answer = call(answerWithin(inner, { ...LIMITS, after: runtime.after }));
  runtime.advance(2 * MS);
  resolve('late');
  expect(await answer).toBe('late');
});
