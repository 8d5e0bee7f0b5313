import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Store } from '../../src/contracts/store.ts';
import type { FeatureView, Policy } from '../../src/contracts/policy.ts';
import { betaMean } from '../../src/core/beliefs/posterior.ts';
import { fixed } from '../../src/policies/fixed.ts';
import { createRouterOn } from '../../src/router.ts';
import { memory } from '../../src/stores/memory.ts';
import { sqlite } from '../../src/stores/sqlite.ts';
import { testRuntime } from '../../src/testing/test-runtime.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const folder = temporaryFolder();

/** Always mini; `believed()` is what its policy believes of P(success) now. */
function routerOn(runtime: ReturnType<typeof testRuntime>, store: Store) {
  let seen: FeatureView | undefined;
  const always = fixed('mini');
  const policy: Policy = { ...always, decide: (view, random) => always.decide((seen = view), random) };
  const router = createRouterOn(runtime, {
    models: { mini: { provider: 'other', model: 'mini-1', price: 'reported' } },
    features: { support: { candidates: ['mini'], failureCostUsd: 15, policy } },
    store,
    refresh: '2s',
  });
  const call = async () => router.run('support', async () => ({ value: 'hi', costUsd: 0.01 }));
  const believed = (): number => {
    const [node] = seen?.learned.posterior(runtime.nowMs()).nodes ?? [];
    return node === undefined ? Number.NaN : betaMean(node.ended);
  };
  return { router, call, believed };
}

describe('a model that collapses in the middle of an hour is detected within the hour', () => {
  /** One intent a second: 200 succeed, then 60 fail. Each label comes five intents later. */
  async function collapse(
    { router, call }: ReturnType<typeof routerOn>,
    { runtime, each }: { runtime: ReturnType<typeof testRuntime>; each?: (i: number) => Promise<void> },
  ): Promise<void> {
    const waiting: Awaited<ReturnType<typeof call>>[] = [];
    for (let i = 0; i < 265; i++) {
      if (i < 260) waiting.push(await call());
      runtime.advance(1_000);
      const due = waiting[i - 5];
      await due?.intent.outcome({ success: i - 5 < 200 });
      await each?.(i);
    }
    await router.flush();
  }

  test('the process that sees a model collapse detects the collapse within the hour', async () => {
    const runtime = testRuntime({ startMs: Date.UTC(2026, 10, 1) });
    const own = routerOn(runtime, memory());
    await collapse(own, { runtime });
    await own.call();
    expect(own.believed()).toBeLessThan(0.2);
    await own.router.close();
  });

  test('another process detects a collapse within the hour, because it reads how the sums of the hour have grown', async () => {
    const runtime = testRuntime({ startMs: Date.UTC(2026, 10, 1) });
    const file = join(folder, 'router.db');
    const [seeing, other] = [routerOn(runtime, sqlite(file)), routerOn(runtime, sqlite(file))];
    const refresh = async (): Promise<void> => {
      await seeing.router.flush();
      await other.call();
      // A read takes some turns of the event loop, so the clock of this test must not move meanwhile.
      for (let turn = 0; turn < 5; turn++) await new Promise(resolve => setImmediate(resolve));
    };
    await collapse(seeing, { runtime, each: async i => (i % 10 === 9 ? refresh() : undefined) });
    for (let i = 0; i < 3; i++) {
      runtime.advance(2_000);
      await refresh();
    }
    await expect.poll(() => other.believed()).toBeLessThan(0.3);
    await Promise.all([seeing.router.close(), other.router.close()]);
  });
});
