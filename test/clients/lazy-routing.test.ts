import { expect, test } from 'vitest';
import type { RouterCore } from '../../src/clients/lazy-routing.ts';
import { lazyRouting, loadedRouting, lossHandled } from '../../src/clients/lazy-routing.ts';
import { RouterError } from '../../src/errors.ts';

const CORE = {} as RouterCore;

test('loading begins at once, and calls that wait for the code are made in their order', async () => {
  const load = Promise.withResolvers<RouterCore>();
  let asked = 0;
  const routing = lazyRouting(async () => {
    asked++;
    return load.promise;
  });
  expect([asked, routing.loaded]).toEqual([1, undefined]);
  const done: string[] = [];
  const work = async (name: string) => routing.use(async core => void done.push(core === CORE ? name : 'another'));
  const all = [work('pin'), work('call')];
  load.resolve(CORE);
  await Promise.all(all);
  expect([asked, done, routing.loaded]).toEqual([1, ['pin', 'call'], CORE]);
});

test('once the code is loaded, work begins at once, and the promise of that work itself is returned', () => {
  const routing = loadedRouting(CORE);
  const own = Promise.resolve(1);
  expect(routing.use(() => own)).toBe(own);
  expect(routing.loaded).toBe(CORE);
});

test('code that cannot be loaded rejects the work that needs it, and the next work loads it again', async () => {
  const answers = [Promise.reject(new Error('gone')), Promise.resolve(CORE)];
  const routing = lazyRouting(async () => answers.shift() ?? CORE);
  await expect(routing.use(async () => 1)).rejects.toThrow('gone');
  expect(await routing.use(async () => 2)).toBe(2);
});

test('a rejection because a record is stored nowhere needs no handler, and any other rejection keeps its error', async () => {
  const lost = new RouterError('store-unusable', 'full');
  const unhandled: unknown[] = [];
  const listen = (error: unknown): void => void unhandled.push(error);
  process.on('unhandledRejection', listen);
  const promise = lossHandled(Promise.reject(lost));
  // Node reports an unhandled rejection after the microtasks of the same turn.
  await new Promise<void>(resolve => void setImmediate(resolve));
  process.off('unhandledRejection', listen);
  expect(unhandled).toEqual([]);
  await expect(promise).rejects.toBe(lost);
  await expect(lossHandled(Promise.reject(new TypeError('own')))).rejects.toThrow('own');
  expect(await lossHandled(Promise.resolve(3))).toBe(3);
});
