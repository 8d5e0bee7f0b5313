import { expect, test } from 'vitest';
import { timeLimit } from '../../../src/engine/attempts/time-limit.ts';
import { testRuntime } from '../../../src/testing/test-runtime.ts';

test('when time is up, `expired` is called and then the signal is aborted with a TimeoutError', () => {
  const runtime = testRuntime();
  const abortedBefore: boolean[] = [];
  const limit = timeLimit({
    runtime,
    caller: undefined,
    ms: 50,
    expired: () => abortedBefore.push(limit.signal.aborted),
  });
  runtime.advance(49);
  expect(limit.signal.aborted).toBe(false);
  runtime.advance(1);
  expect(abortedBefore).toEqual([false]);
  expect(limit.signal.reason).toMatchObject({ name: 'TimeoutError' });
});

test('the caller’s abort is passed on with its reason, also when it came before the limit', () => {
  const runtime = testRuntime();
  const caller = new AbortController();
  const during = timeLimit({ runtime, caller: caller.signal, ms: 50 });
  caller.abort('enough');
  expect(during.signal.reason).toBe('enough');
  expect(timeLimit({ runtime, caller: caller.signal, ms: 50 }).signal.reason).toBe('enough');
});

test('after `stopClock` only the caller’s abort applies, and after `release` neither applies', () => {
  const runtime = testRuntime();
  const caller = new AbortController();
  const stopped = timeLimit({ runtime, caller: caller.signal, ms: 50 });
  const released = timeLimit({ runtime, caller: caller.signal, ms: 50 });
  stopped.stopClock();
  released.release();
  runtime.advance(100);
  expect([stopped.signal.aborted, released.signal.aborted]).toEqual([false, false]);
  caller.abort();
  expect([stopped.signal.aborted, released.signal.aborted]).toEqual([true, false]);
});
