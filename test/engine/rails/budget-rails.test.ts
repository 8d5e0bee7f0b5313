import { expect, test } from 'vitest';
import type { BudgetConfig, BudgetEvent } from '../../../src/config/budget-config.ts';
import { resolveConfig } from '../../../src/config/resolve.ts';
import { BUCKET_MS } from '../../../src/core/cells/cell.ts';
import { budgetRails } from '../../../src/engine/rails/budget-rails.ts';
import { thompson } from '../../../src/policies/thompson.ts';

const NOW_MS = Date.UTC(2026, 10, 22, 12);
const price = { inputUsdPerMillion: 1, outputUsdPerMillion: 2 };

function railsWith(budget: BudgetConfig | undefined, own: BudgetConfig | undefined) {
  const events: BudgetEvent[] = [];
  const config = resolveConfig(
    {
      models: { mini: { provider: 'openai', model: 'mini-1', price } },
      features: {
        chat: { candidates: ['mini'], failureCostUsd: 1, ...(own === undefined ? {} : { budget: own }) },
        search: { candidates: ['mini'], failureCostUsd: 1 },
      },
      ...(budget === undefined ? {} : { budget }),
    },
    { policy: thompson() },
  );
  const rails = budgetRails(config, event => void events.push(event));
  const spend = (feature: 'chat' | 'search', usd: number): void => {
    const bucket = Math.floor(NOW_MS / BUCKET_MS);
    const key = { scope: 'plan', feature, segment: '', subject: 'mini', version: '', bucket } as const;
    for (const { meter } of rails.get(feature) ?? [])
      meter.apply([{ key, sums: { n: 1n, cost: BigInt(usd * 1e9) } }], NOW_MS);
  };
  const paths = (feature: string) => (rails.get(feature) ?? []).map(({ path }) => path);
  return { events, paths, spend };
}

test('a feature’s intents count against its own budget and against the router’s, and each rail has its path in the configuration', () => {
  const { paths } = railsWith({ usd: 10, per: 'day', onLimit: 'alert' }, { usd: 5, per: 'month', onLimit: 'alert' });
  expect(paths('chat')).toEqual(['features["chat"].budget', 'budget']);
  expect(paths('search')).toEqual(['budget']);
});

test('features without any budget have no rails', () => {
  const { paths } = railsWith(undefined, { usd: 5, per: 'day', onLimit: 'alert' });
  expect([paths('chat'), paths('search')]).toEqual([['features["chat"].budget'], []]);
});

test('all features share the meter of the router’s budget, and an event names the feature whose budget it is', () => {
  const { events, spend } = railsWith(
    { usd: 10, per: 'day', onLimit: 'alert' },
    { usd: 5, per: 'day', onLimit: 'alert' },
  );
  spend('search', 6);
  spend('chat', 4);
  expect(events).toMatchObject([
    { feature: 'chat', threshold: 0.8, spentUsd: 4 },
    { feature: undefined, threshold: 0.8, spentUsd: 10 },
    { feature: undefined, threshold: 1, spentUsd: 10 },
  ]);
});
