import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Policy } from '../../src/contracts/policy.ts';
import { fixed } from '../../src/policies/fixed.ts';
import { thompson } from '../../src/policies/thompson.ts';
import { createRouterOn } from '../../src/router.ts';
import { sqlite } from '../../src/stores/sqlite.ts';
import { testRuntime } from '../../src/testing/test-runtime.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const REFRESH_MS = 2_000;

const folder = temporaryFolder();

test('an outcome that is recorded in one process moves the decisions of another within the refresh time', async () => {
  const runtime = testRuntime();
  // Reads of a real file take no time on this clock: only waiting moves it.
  const routerOn = (policy: Policy) =>
    createRouterOn(runtime, {
      models: {
        mini: { provider: 'other', model: 'mini-1', price: { inputUsdPerMillion: 1, outputUsdPerMillion: 2 } },
        premium: { provider: 'other', model: 'premium-1', price: { inputUsdPerMillion: 10, outputUsdPerMillion: 20 } },
      },
      features: { support: { candidates: ['mini', 'premium'], failureCostUsd: 15, policy } },
      store: sqlite(join(folder, 'router.db')),
      refresh: `${REFRESH_MS}ms`,
    });
  const usage = { input: 1_000, output: 100 };
  // An explanation would read the store, so the test watches the decisions.
  const policy = thompson();
  let shareOfMini = Number.NaN;
  const watched: Policy = {
    ...policy,
    decide(view, random) {
      const decision = policy.decide(view, random);
      shareOfMini = decision.plan[0] === 'mini' ? decision.propensity : 1 - decision.propensity;
      return decision;
    },
  };
  const [recording, deciding] = [routerOn(fixed('mini')), routerOn(watched)];
  const call = async (router: typeof recording) => router.run('support', async () => ({ value: 'hi', usage }));
  const shareOfNextCall = async (): Promise<number> => {
    await call(deciding);
    return shareOfMini;
  };

  const before = await shareOfNextCall();
  for (let i = 0; i < 60; i++) await (await call(recording)).intent.fail();
  await recording.flush();
  // Not asked for yet, so not known yet.
  expect(await shareOfNextCall()).toBeGreaterThan(before / 2);
  runtime.advance(REFRESH_MS);
  await expect.poll(shareOfNextCall).toBeLessThan(before / 10);
  await Promise.all([recording.close(), deciding.close()]);
});
