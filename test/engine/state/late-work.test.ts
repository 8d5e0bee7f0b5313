import { expect, test } from 'vitest';
import type { Fault } from '../../../src/contracts/observer.ts';
import { lateWork } from '../../../src/engine/state/late-work.ts';

test('late work is done when the work that it started is done, too', async () => {
  const work = lateWork(() => {});
  const [first, second] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  work.add(first.promise.then(() => work.add(second.promise)));
  let isDone = false;
  const done = work.done().then(() => (isDone = true));
  first.resolve();
  await first.promise;
  await Promise.resolve();
  expect(isDone).toBe(false);
  second.resolve();
  await done;
});

test('a failure of late work is only reported as a fault of its intent', async () => {
  const faults: Fault[] = [];
  const work = lateWork(fault => void faults.push(fault));
  const error = new Error('no');
  work.add(Promise.reject(error), 'i1');
  work.add(Promise.reject(error));
  await work.done();
  expect(faults).toEqual([
    { where: 'wire', intentId: 'i1', error },
    { where: 'wire', error },
  ]);
});
