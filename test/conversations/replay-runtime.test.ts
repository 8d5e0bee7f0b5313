import { expect, test } from 'vitest';
import { replayRuntime } from '../../src/conversations/replay-runtime.ts';

test('only the replay moves the time, and no timer fires', async () => {
  const runtime = replayRuntime('a');
  let fired = 0;
  runtime.after(1, () => fired++)();
  runtime.every(1, () => fired++)();
  runtime.reach(5000);
  await runtime.sleep(1e9);
  expect([runtime.nowMs(), runtime.elapsedMs(), runtime.cpuMs(), fired]).toEqual([5000, 5000, 0, 0]);
  await new Promise<void>(resolve => runtime.soon(resolve));
});

test('ids are unique, and the same seed gives the same random numbers', () => {
  const [one, other] = [replayRuntime('a'), replayRuntime('a')];
  expect(new Set([one.newId(), one.newId(), one.newId()]).size).toBe(3);
  expect(one.random.next()).toBe(other.random.next());
});
