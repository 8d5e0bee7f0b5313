import { expect, test } from 'vitest';
import type { Fault } from '../../../src/contracts/observer.ts';
import { tellUnrecorded } from '../../../src/engine/state/unrecorded-words.ts';

test('the process and the observers get the same error, which names the feature and what to write', () => {
  const warned: unknown[] = [];
  const faults: Fault[] = [];
  tellUnrecorded(
    { feature: 'support.reply', intents: 100 },
    { warn: error => void warned.push(error), faulted: fault => void faults.push(fault) },
  );
  expect(faults).toEqual([{ where: 'outcome', feature: 'support.reply', error: warned[0] }]);
  expect(warned).toMatchObject([{ code: 'invalid-config', path: 'features["support.reply"]' }]);
  expect(String(warned[0])).toMatch(/first 100 intents of "support\.reply".*intent\.succeed\(\).*silence: \{/u);
});
