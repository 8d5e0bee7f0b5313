import { expect, test } from 'vitest';
import type { Alert, AlertOptions } from '../../src/observers/alerts.ts';
import { alerts } from '../../src/observers/alerts.ts';
import { createTestRouter, testRuntime } from '../../src/public/testing.ts';
import { memory } from '../../src/stores/memory.ts';
import { refusal } from '../support/refusal.ts';

const MINUTE_MS = 60_000;

/** A router with a watched feature, whose intents come one a minute. */
function watched(limits: AlertOptions['limits'], withinMs = 60 * MINUTE_MS) {
  const raised: Alert[] = [];
  const runtime = testRuntime();
  const router = createTestRouter(runtime, {
    models: { mini: { provider: 'openai', model: 'gpt-5-mini' } },
    features: {
      reply: { candidates: ['mini'], failureCostUsd: 2 },
      other: { candidates: ['mini'], failureCostUsd: 2 },
    },
    store: memory(),
    observers: [alerts({ limits, onAlert: alert => raised.push(alert), withinMs })],
  });
  const serve = async (success: boolean, feature: 'reply' | 'other' = 'reply') => {
    const { intent } = await router.run(feature, async () => ({ value: 'x', costUsd: 0.01 }));
    await (success ? intent.succeed() : intent.fail());
    runtime.advance(MINUTE_MS);
  };
  return { raised, serve, router };
}

test('a success rate raises one alert when its whole interval is below the limit, and one when it is above again', async () => {
  const { raised, serve, router } = watched({ reply: { minSuccess: 0.8 } });
  for (let i = 0; i < 60; i++) await serve(true);
  expect(raised).toEqual([]);
  for (let i = 0; i < 60; i++) await serve(i % 2 === 0);
  expect(raised).toMatchObject([{ feature: 'reply', limit: 'minSuccess', allowed: 0.8, isExceeded: true }]);
  expect(raised[0]?.figure.high).toBeLessThan(0.8);
  for (let i = 0; i < 120; i++) await serve(true);
  expect(raised.map(({ isExceeded }) => isExceeded)).toEqual([true, false]);
  await router.close();
});

test('a figure counts only the intents within the time window: 60 intents of one cent each, whatever came before', async () => {
  const { raised, serve, router } = watched({ reply: { maxSpend: 0.5 } });
  for (let i = 0; i < 300; i++) await serve(true);
  // Crossed at the 51st, and not again, because later intents leave as others come.
  expect(raised).toHaveLength(1);
  expect(raised[0]?.figure.value).toBeCloseTo(0.51, 9);
  const short = watched({ reply: { maxSpend: 0.5 } }, 45 * MINUTE_MS);
  for (let i = 0; i < 300; i++) await short.serve(true);
  expect(short.raised).toEqual([]);
  await Promise.all([router.close(), short.router.close()]);
});

test('the cost per success includes the cost of failures', async () => {
  // 10 % failures at $2 and a cent an intent: about $0.23 a success.
  const { raised, serve, router } = watched({ reply: { maxCostPerSuccess: 0.1 } }, 600 * MINUTE_MS);
  for (let i = 0; i < 200; i++) await serve(i % 10 !== 0);
  expect(raised).toMatchObject([{ limit: 'maxCostPerSuccess', isExceeded: true }]);
  await router.close();
});

test('a feature without limits raises nothing, and neither does an intent without an outcome', async () => {
  const { raised, serve, router } = watched({ reply: { minSuccess: 0.9 } });
  for (let i = 0; i < 60; i++) await serve(false, 'other');
  for (let i = 0; i < 60; i++) await router.run('reply', async () => ({ value: 'x', costUsd: 0.01 }));
  expect(raised).toEqual([]);
  await router.close();
});

test('a single failure raises nothing', async () => {
  const { raised, serve, router } = watched({ reply: { minSuccess: 0.9, maxCostPerSuccess: 0.5 } });
  await serve(false);
  expect(raised).toEqual([]);
  await router.close();
});

test('a correction changes what an intent counts for, and is not counted twice', async () => {
  const { raised, router } = watched({ reply: { minSuccess: 0.9 } });
  for (let i = 0; i < 40; i++) {
    const { intent } = await router.run('reply', async () => ({ value: 'x', costUsd: 0.01 }));
    await intent.fail();
    await intent.succeed();
  }
  expect(raised).toEqual([]);
  await router.close();
});

test.each([
  [{ limits: { reply: { minSucess: 0.9 } } }, 'minSucess'],
  [{ limits: { reply: { minSuccess: 90 } } }, 'a fraction from 0 to 1'],
  [{ limits: { reply: { maxSpend: -1 } } }, 'USD, 0 or more'],
  [{ limits: {}, withinMs: 0 }, 'milliseconds above 0'],
  [{ limits: {}, within: '1d' }, 'within'],
  [{ limits: {}, onAlert: 'mail' }, 'a function'],
])('the options %j are refused with what would be accepted', (options, message) => {
  const wrong = { onAlert: () => {}, ...options } as unknown as AlertOptions;
  expect(refusal(() => alerts(wrong)).message).toContain(message);
});
