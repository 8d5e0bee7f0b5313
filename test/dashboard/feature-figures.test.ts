import { expect, test } from 'vitest';
import { writeLedger } from '../../benchmarks/dashboard/ledger.ts';
import { ledgerView } from '../../src/dashboard/ledger-view.ts';
import { memory } from '../../src/stores/memory.ts';

const DAY_MS = 86_400_000;
const NOW = Date.UTC(2026, 10, 27);

test('the page of a feature has the same verdict and alerts as the overview of the same period', async () => {
  const store = memory();
  await writeLedger(store, { intents: 3_000, seed: 1, fromMs: NOW - 60 * DAY_MS, toMs: NOW });
  const view = ledgerView({ store, nowMs: () => NOW, elapsedMs: () => 0 });
  for (const name of ['30d', '7d', 'all']) {
    const asked = { name, isCompared: true };
    const { features, attention } = await view.overview(asked);
    for (const { feature, verdict } of features) {
      const own = await view.feature(feature, asked);
      expect(own.verdict).toEqual(verdict);
      expect(own.attention).toEqual(attention.filter(item => item.feature === feature));
    }
  }
});
