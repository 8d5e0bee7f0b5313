import { expect, test } from 'vitest';
import { verdictOn } from '../../../src/engine/attempts/verdict.ts';
import { lazyVerdicts } from '../../../src/engine/state/verdicts.ts';

test('the code that judges replies is loaded once, and nothing waits for it from then on', async () => {
  const faults: unknown[] = [];
  const verdicts = lazyVerdicts(error => faults.push(error));
  expect(verdicts.on).toBeUndefined();
  const first = verdicts.ready();
  expect(verdicts.ready()).toBe(first);
  await first;
  expect(verdicts.on).toBe(verdictOn);
  expect(verdicts.ready()).toBeUndefined();
  expect(faults).toEqual([]);
});
