/** A process that starts on a ledger: it decides like one that has read all of it. */
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Policy } from '../../src/contracts/policy.ts';
import type { Store } from '../../src/contracts/store.ts';
import type { Decision } from '../../src/core/ledger/vocabulary.ts';
import { seededRandom } from '../../src/core/math/random.ts';
import { thompson } from '../../src/policies/thompson.ts';
import { createRouterOn } from '../../src/router.ts';
import { sqlite } from '../../src/stores/sqlite.ts';
import { testRuntime } from '../../src/testing/test-runtime.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const folder = temporaryFolder();
const path = join(folder, 'router.db');

const HOUR = 3_600_000;
const price = (inputUsdPerMillion: number) => ({ inputUsdPerMillion, outputUsdPerMillion: 2 * inputUsdPerMillion });
const candidates = ['mini', 'premium'] as const;

type Feature = 'support' | 'extract' | 'translate';

interface ProcessOptions {
  readonly startMs?: number;
  readonly isBudgeted?: boolean;
  readonly change?: (store: Store) => Store;
}

function process({ startMs, isBudgeted = false, change = store => store }: ProcessOptions = {}) {
  const store = sqlite(path);
  const clock = testRuntime(startMs === undefined ? {} : { startMs });
  let passedMs = 0;
  // Only the date moves on: timers of a whole hour at once would end the time limit of a store that had no time to answer.
  const passHour = (): void => void (passedMs += HOUR);
  const runtime = { ...clock, newId: randomUUID, nowMs: () => clock.nowMs() + passedMs };
  const inner = thompson();
  const decisions: Decision[] = [];
  // With the same random numbers for each decision, the shares follow from what is believed alone.
  const policy: Policy = {
    name: 'thompson',
    decide(view) {
      const decision = inner.decide(view, seededRandom('the same'));
      decisions.push(decision);
      return decision;
    },
  };
  const feature = {
    candidates,
    failureCostUsd: 5,
    policy,
    ...(isBudgeted ? { budget: { usd: 1000, per: 'month', onLimit: 'refuse' } as const } : {}),
  };
  const router = createRouterOn(runtime, {
    models: {
      mini: { provider: 'other', model: 'mini', price: price(1) },
      premium: { provider: 'other', model: 'premium', price: price(10) },
    },
    features: { support: feature, extract: feature, translate: feature },
    store: change(store),
  });
  const call = async (name: Feature) =>
    router.run(name, async () => ({ value: 'hi', usage: { input: 1000, output: 100 } }));
  return { store, runtime, passHour, router, call, decisions };
}

/** A process that wrote, was maintained, and went on writing to one feature. @returns the time of its end */
async function writtenLedger(): Promise<number> {
  const { store, runtime, passHour, router, call } = process();
  const work = async (hours: number, names: readonly Feature[]): Promise<void> => {
    for (let hour = 0; hour < hours; hour++) {
      passHour();
      for (const name of names) {
        const { intent } = await call(name);
        await (hour % 4 === 0 ? intent.fail() : intent.succeed());
      }
    }
    await router.flush();
  };
  await work(60, ['support', 'extract', 'translate']);
  while ((await store.maintain(runtime.nowMs())).more);
  await work(10, ['support']);
  await router.close();
  return runtime.nowMs();
}

test('a process that starts decides with exactly the propensity of a process that has read everything, and reads little', async () => {
  const startMs = await writtenLedger();
  const wholeReads: string[] = [];
  const noted = (store: Store): Store => ({
    ...store,
    async cellsSince(feature, since) {
      if (since === undefined) wholeReads.push(feature);
      return store.cellsSince(feature, since);
    },
  });
  const everything = process({ startMs, change: ({ routingCells: _, nodeTotals: __, ...store }) => noted(store) });
  // Priors are pooled over the features that a process knows.
  for (const name of ['extract', 'translate', 'support'] as const) await everything.router.explain(name);
  expect(wholeReads.splice(0)).toEqual(['extract', 'translate', 'support']);
  const started = process({ startMs, change: noted });
  await started.call('support');
  expect(wholeReads).toEqual([]);
  // It does not know the other process's call yet.
  await everything.call('support');
  expect(started.decisions.map(({ plan, propensity }) => [plan, propensity])).toEqual(
    everything.decisions.map(({ plan, propensity }) => [plan, propensity]),
  );
  // A budget counts what plans have cost, which is not packed.
  const budgeted = process({ startMs, isBudgeted: true, change: noted });
  await budgeted.call('support');
  expect(wholeReads).toEqual(['support']);
  await Promise.all([everything, started, budgeted].map(async ({ router }) => router.close()));
});
