import { expect, test } from 'vitest';
import type { Intent } from '../../../src/core/ledger/records.ts';
import type { Engine } from '../../../src/engine/engine.ts';
import { labelSilentIntents } from '../../../src/engine/request/silent-intents.ts';
import type { MakeRecords } from '../../../src/engine/state/pending-records.ts';
import { testRuntime } from '../../../src/testing/test-runtime.ts';
import { made } from '../../core/support/cells.ts';
import { AT_MS } from '../../core/support/intents.ts';
import { resolvedFeature } from '../state/resolved.ts';

test('a sweep leaves intents that are in flight, damaged or of another feature unchanged, and labels the others', async () => {
  const due = made({});
  const strange: Intent = { ...due, decided: { ...due.decided, feature: 'unconfigured' } };
  const intents = new Map([
    ['due', due],
    ['in flight', due],
    ['strange', strange],
  ]);
  const labelled: string[] = [];
  const engine = {
    config: { features: new Map([['f', resolvedFeature({ silence: { after: '1h', means: 'success' } })]]) },
    runtime: testRuntime({ startMs: AT_MS + 7_200_000 }),
    store: { claimDue: async () => ['damaged', ...intents.keys()] },
    book: {
      isHeld: (id: string) => id === 'in flight',
      async append(id: string, make: MakeRecords) {
        if (id === 'damaged') throw new Error('damaged');
        if (make(intents.get(id)).length > 0) labelled.push(id);
      },
    },
  } as unknown as Engine;
  const strangers = new Set<string>();
  const result = await labelSilentIntents(engine, strangers, () => false);
  expect(result).toMatchObject({ labelled: 1, passedOver: 1, failures: [new Error('damaged')] });
  expect([labelled, [...strangers]]).toEqual([['due'], ['strange']]);
});

test('a sweep that is stopped claims nothing', async () => {
  const engine = { config: { features: new Map() } } as unknown as Engine;
  expect(await labelSilentIntents(engine, new Set(), () => true)).toMatchObject({ labelled: 0, failures: [] });
});
