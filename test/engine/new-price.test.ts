import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { FeatureView, Policy } from '../../src/contracts/policy.ts';
import type { NodePosterior } from '../../src/core/beliefs/posterior.ts';
import { betaMean } from '../../src/core/beliefs/posterior.ts';
import { fixed } from '../../src/policies/fixed.ts';
import { createRouterOn } from '../../src/router.ts';
import { sqlite } from '../../src/stores/sqlite.ts';
import { testRuntime } from '../../src/testing/test-runtime.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const folder = temporaryFolder();

/** A process that makes `visits` successful calls with 2,000 input tokens. Returns what it then believes of the model. */
async function run(
  { inputUsdPerMillion, promptVersion = 'v1' }: { inputUsdPerMillion: number; promptVersion?: string },
  visits: number,
): Promise<NodePosterior> {
  const runtime = testRuntime({ startMs: Date.UTC(2026, 10, 1) });
  let seen: FeatureView | undefined;
  const always = fixed('mini');
  const policy: Policy = { ...always, decide: (view, random) => always.decide((seen = view), random) };
  const price = { inputUsdPerMillion, outputUsdPerMillion: 0 };
  const router = createRouterOn(runtime, {
    models: { mini: { provider: 'other', model: 'mini-1', price } },
    features: { support: { candidates: ['mini'], failureCostUsd: 15, policy, promptVersion } },
    store: sqlite(join(folder, 'router.db')),
  });
  const call = async () => router.run('support', async () => ({ value: 'hi', usage: { input: 2_000, output: 10 } }));
  for (let i = 0; i < visits; i++) await (await call()).intent.succeed();
  await router.flush();
  await call();
  const [node] = seen?.learned.posterior(runtime.nowMs()).nodes ?? [];
  await router.close();
  return node as NodePosterior;
}

test('a process that starts with another price keeps what the ledger says about success, and knows the new cost', async () => {
  const before = await run({ inputUsdPerMillion: 10 }, 60);
  expect(betaMean(before.ended)).toBeGreaterThan(0.95);
  expect(before.costUsd).toBeCloseTo(0.02, 3);
  const repriced = await run({ inputUsdPerMillion: 30 }, 0);
  expect(repriced.ended.a).toBeGreaterThan(59);
  expect(repriced.costUsd).toBeCloseTo(0.06, 2);
  // Another prompt is another experiment.
  const rewritten = await run({ inputUsdPerMillion: 30, promptVersion: 'v2' }, 0);
  expect(rewritten.ended.a + rewritten.ended.b).toBeLessThan(7);
});
