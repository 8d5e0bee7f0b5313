import { expect, test } from 'vitest';
import type { ReplayResult } from '../../../src/cli/text/replay-text.ts';
import { renderReplay, replayReport } from '../../../src/cli/text/replay-text.ts';
import { renderOfflineReport } from '../../../src/exports/html/offline-report.ts';
import { fixed } from '../../../src/policies/fixed.ts';
import { randomMix } from '../../../src/policies/random-mix.ts';
import type { FeatureReplay } from '../../../src/replay/ledger/ledger-run.ts';
import { replayLedger } from '../../../src/replay/ledger/replay-ledger.ts';
import { simulatedLedger } from '../../../src/replay/worlds/simulated-ledger.ts';
import { modelsWorld } from '../../../src/replay/worlds/world.ts';

const world = modelsWorld({
  name: 'support',
  failureCostUsd: 15,
  models: [
    { name: 'mini', costUsd: 0.0019, success: 0.7 },
    { name: 'premium', costUsd: 0.014, success: 0.95 },
  ],
});

async function resultOf(intents: number): Promise<ReplayResult> {
  const { records } = simulatedLedger(world, randomMix(), { intents, seed: 1 });
  const labelled = records.filter(record => record.kind !== 'labelled' || !record.intentId.endsWith('7'));
  const ledger = {
    async *scan() {
      yield* labelled;
    },
  };
  return {
    ledger: 'router.db',
    madeAtMs: 0,
    madeBy: 'outcome-router 1.2.3',
    options: '',
    replays: [await replayLedger(ledger, fixed('premium'))],
  };
}

test('an estimate is printed with its interval and the number of intents without an outcome', async () => {
  const text = renderReplay(await resultOf(2000));
  expect(text).toMatch(/\$0\.\d+ \(0\.\d+–\d/);
  expect(text).toContain('support: 200 of 2,000 intents (10.0 %) have no outcome and are left out');
});

test('a refused estimate is shown with its reason and without a figure, in the text and on the page', async () => {
  const result = await resultOf(50);
  expect(renderReplay(result)).toContain('No estimate for fixed on support: what is recorded is worth only');
  const page = replayReport(result);
  expect(page.policies[0]?.refusal).toContain('what is recorded is worth only');
  expect(page.policies[0]?.costPerIntentUsd).toBeNaN();
  expect(page.features?.[0]?.policies).toEqual([]);
});

test('decisions in which a policy’s plan was not eligible are counted by policy, in the text and on the page', async () => {
  let decisions = 0;
  const records = simulatedLedger(world, randomMix(), { intents: 2000, seed: 1 }).records.map(record => {
    if (record.kind !== 'decided' || record.decision.plan[0] !== 'mini' || ++decisions > 60) return record;
    return { ...record, decision: { ...record.decision, eligible: ['mini'], propensity: 1 } };
  });
  const ledger = {
    async *scan() {
      yield* records;
    },
  };
  const replays = [await replayLedger(ledger, fixed('mini')), await replayLedger(ledger, fixed('premium'))];
  const text = renderReplay({ ledger: 'router.db', madeAtMs: 0, madeBy: 'outcome-router 1.2.3', options: '', replays });
  expect(
    text.match(/support: 60 of 2,000 decisions are left out: the plan that fixed would have chosen/g),
  ).toHaveLength(1);
  expect(
    replayReport({ ledger: 'router.db', madeAtMs: 0, madeBy: 'outcome-router 1.2.3', options: '', replays }).summary.at(
      -1,
    ),
  ).toContain('60 of 2,000 decisions are left out');
});

test('the page names its ledger and period, compares policies within a feature only, and includes the ledger’s own choices', async () => {
  const { replays } = await resultOf(2000);
  const search = replays[0]?.features['support'] as FeatureReplay;
  const other = { policy: 'cheap', features: { search }, total: undefined };
  const period = { fromMs: Date.UTC(2026, 9, 1), toMs: Date.UTC(2026, 10, 1) };
  const page = replayReport({
    ledger: 'L.db',
    madeAtMs: Date.UTC(2026, 10, 2),
    madeBy: 'outcome-router 1.2.3',
    options: '--month 2026-10',
    period,
    replays: [...replays, other],
  });
  const html = renderOfflineReport(page);
  for (const fact of [
    'L.db',
    '2026-10-01 00:00 until 2026-11-01 00:00 UTC',
    '2026-11-02 00:00 UTC by outcome-router 1.2.3',
    '--month 2026-10',
  ])
    expect(html).toContain(`<dd>${fact}</dd>`);
  const planes = [...html.matchAll(/<svg[^>]*aria-label="Spend against success of (\w+)"[\s\S]*?<\/svg>/g)];
  expect(planes.map(([, feature]) => feature)).toEqual(['support', 'search']);
  const dots = planes.map(([svg]) => [...svg.matchAll(/<circle[^>]*><title>([^<]*)/g)].map(([, name]) => name));
  expect(dots).toEqual([
    ['fixed', 'in the ledger'],
    ['cheap', 'in the ledger'],
  ]);
});
