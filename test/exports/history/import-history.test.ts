import { expect, test } from 'vitest';
import type { HistoryOptions } from '../../../src/exports/history/import-history.ts';
import { importHistory, tableRows, usableIntents } from '../../../src/exports/history/import-history.ts';
import type { LoggedCall } from '../../../src/exports/history/log-entry.ts';
import type { LoggedHistory, HistoryIntent } from '../../../src/exports/history/read-history.ts';
import { replayLedger } from '../../../src/public/replay.ts';
import { fixed } from '../../../src/policies/fixed.ts';
import { createRouter } from '../../../src/create-router.ts';
import { memory } from '../../../src/stores/memory.ts';
import { rebuildCells } from '../../../src/stores/rebuild.ts';

const AT = Date.UTC(2026, 9, 1);

const call = (model: string, more: Partial<LoggedCall> = {}): LoggedCall => ({
  kind: 'call',
  id: 'c',
  intent: 'i',
  model,
  atMs: AT,
  latencyMs: 1_000,
  isError: false,
  costUsd: model === 'gpt-5' ? 0.014 : 0.002,
  ...more,
});

const intent = (id: string, calls: readonly LoggedCall[], success?: number): HistoryIntent => ({
  id,
  calls,
  about: { feature: 'support' },
  scores: new Map(success === undefined ? [] : [['solved', success]]),
});

const history = (intents: readonly HistoryIntent[]): LoggedHistory => ({
  rows: intents.length,
  intents,
  leftOut: new Map(),
  scores: new Map(),
});

const OPTIONS: HistoryOptions = {
  feature: 'imported',
  modelName: model => ({ 'gpt-5-mini': 'mini', 'gpt-5': 'premium' })[model] ?? model,
  success: { score: 'solved', from: 0.5 },
  failureCostUsdOf: () => 1,
  priceUsd: () => undefined,
};

/** Of 400 intents every second is one of mini, with 70 % successes, and of premium, with 95 %. */
const logs = history(
  Array.from({ length: 400 }, (_, i) => {
    const k = Math.floor(i / 2) % 20;
    const isMini = i % 2 === 0;
    return intent(
      `i${i}`,
      [call(isMini ? 'gpt-5-mini' : 'gpt-5', { atMs: AT + i * 60_000 })],
      Number(k < (isMini ? 14 : 19)),
    );
  }),
);

async function imported(options: Partial<HistoryOptions> = {}) {
  const store = memory();
  const all = { ...OPTIONS, ...options };
  await importHistory(store, usableIntents(logs, all).usable, all);
  return store;
}

test('a router that opens the ledger has learned from all of its outcomes', async () => {
  const router = createRouter({
    models: { mini: { provider: 'openai', model: 'gpt-5-mini' }, premium: { provider: 'openai', model: 'gpt-5' } },
    features: { support: { candidates: ['mini', 'premium'], failureCostUsd: 1 } },
    store: await imported(),
  });
  const [mini, premium] = (await router.explain('support')).plans;
  await router.close();
  // 140 of 200 and 190 of 200: Wilson's intervals are 63.3 % to 75.9 % and 91.0 % to 97.3 %.
  expect(mini?.success.low).toBeGreaterThan(0.6);
  expect(mini?.success.high).toBeLessThan(0.78);
  expect(premium?.success.low).toBeGreaterThan(0.89);
});

test('the cost of another choice is estimated only if the assignment is declared random, and its interval contains the true cost', async () => {
  const estimate = async (store: Awaited<ReturnType<typeof imported>>, model: string) =>
    (await replayLedger(store, fixed(model), { seed: '1' })).features['support']?.estimate;
  // The models that could have answered are not known: neither a pin nor an outage excluded them.
  expect(await estimate(await imported(), 'mini')).toMatchObject({
    kind: 'refused',
    reason: expect.stringMatching(/^these logs do not say why a model got its requests.*--assigned randomly$/),
  });
  const random = await imported({ assigned: 'randomly' });
  for (const [model, truth] of [
    ['mini', 0.002 + 0.3],
    ['premium', 0.014 + 0.05],
  ] as const) {
    const found = await estimate(random, model);
    if (found?.kind !== 'estimate') throw new Error('there is no estimate');
    expect(found.costPerIntentUsd.low).toBeLessThan(truth);
    expect(found.costPerIntentUsd.high).toBeGreaterThan(truth);
  }
});

test('the statistics are those of the records, and a store with a ledger is refused', async () => {
  const store = await imported();
  expect((await rebuildCells(store, 'support')).corrected).toBe(0);
  await expect(importHistory(store, usableIntents(logs, OPTIONS).usable, OPTIONS)).rejects.toMatchObject({
    code: 'store-unusable',
  });
});

test('intents of several models, without a cost or a price, or with a negative cost are left out, each with its reason', () => {
  const { usable, leftOut } = usableIntents(
    history([
      intent('both', [call('gpt-5'), call('gpt-5-mini')]),
      intent('free', [call('gpt-5', { costUsd: undefined })]),
      intent('refunded', [call('gpt-5', { costUsd: -1 })], 1),
      intent('failed', [call('gpt-5', { costUsd: undefined, isError: true }), call('gpt-5')], 1),
    ]),
    OPTIONS,
  );
  expect(usable.map(({ id }) => id)).toEqual(['failed']);
  expect(Object.fromEntries(leftOut)).toEqual({
    'several models answered one intent': 1,
    'no cost, and no price of "gpt-5" for its tokens': 1,
    'a cost below 0': 1,
  });
});

test('tokens are priced where the log has no cost', () => {
  const { usable } = usableIntents(history([intent('i', [call('gpt-5', { costUsd: undefined, input: 10 })])]), {
    ...OPTIONS,
    priceUsd: ({ usage }) => (usage.input ?? 0) / 1000,
  });
  expect(usable[0]?.attempts[0]?.costNanoUsd).toBe(10_000_000);
});

test('special characters in names are replaced, and the names stay distinct', () => {
  const { usable } = usableIntents(
    history([{ ...intent('a b#1', [call('azure/gpt 5')]), about: { feature: 'ask: me' } }]),
    OPTIONS,
  );
  expect(usable[0]).toMatchObject({ id: 'a-b-1', feature: 'ask-me', model: 'azure/gpt-5' });
});

test('a table has a row for each intent with an outcome, and a star rating counts as a success or a failure', () => {
  const { usable } = usableIntents(
    history([intent('a', [call('gpt-5')], 4), intent('b', [call('gpt-5')]), intent('c', [call('gpt-5-mini')], 0.4)]),
    OPTIONS,
  );
  expect(tableRows(usable, { success: { score: 'solved', from: 4 } })).toMatchObject([
    { id: 'a', model: 'premium', success: '1', cost_usd: '0.014' },
    { id: 'c', model: 'mini', success: '0.4' },
  ]);
});
