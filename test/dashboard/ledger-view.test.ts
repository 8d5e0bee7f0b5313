import { describe, expect, test } from 'vitest';
import { writeLedger } from '../../benchmarks/dashboard/ledger.ts';
import { ledgerView } from '../../src/dashboard/ledger-view.ts';
import { recordAudit } from '../../src/analysis/audit.ts';
import { memory } from '../../src/stores/memory.ts';
import type { Store } from '../../src/contracts/store.ts';
import { attempted, commitAll, decided, history, NOON } from '../stores/histories.ts';

const TO_MS = 1_800_000_000_000;

async function setUp() {
  const inner = memory();
  await writeLedger(inner, { intents: 300, seed: 1, fromMs: TO_MS - 20 * 86_400_000, toMs: TO_MS });
  const reads = { cells: 0, down: false };
  const clock = { ms: 0 };
  const store: Store = {
    ...inner,
    cells: async feature => {
      reads.cells++;
      // Every reading takes 10 ms of the injected clock.
      clock.ms += 10;
      if (reads.down) throw new Error('the store is down');
      return inner.cells(feature);
    },
  };
  const view = ledgerView({ store, nowMs: () => TO_MS, elapsedMs: () => clock.ms });
  return { store, view, reads, clock };
}

test('the overview leaves out the details that only the feature page shows', async () => {
  const { view } = await setUp();
  const { features } = await view.overview();
  expect(features).toHaveLength(5);
  for (const key of ['history', 'drift', 'plans', 'turns']) expect(features[0]).not.toHaveProperty(key);
});

test('the cells of a feature are read once per change of it, whatever the number of requests', async () => {
  const { store, view, reads, clock } = await setUp();
  await Promise.all([view.overview(), view.overview(), view.feature('support.reply')]);
  expect(reads.cells).toBe(5);
  const [id = ''] = await store.intents({ feature: 'support.reply', limit: 1 });
  await recordAudit(store, { intentId: id, success: false, nowMs: TO_MS });
  await view.overview();
  expect(reads.cells).toBe(5);
  // A reading of 50 ms may be repeated after ten times that.
  clock.ms += 499;
  await view.overview();
  expect(reads.cells).toBe(5);
  clock.ms += 1;
  const [before, after] = [await view.overview(), await view.overview()];
  expect(after).toEqual(before);
  expect(reads.cells).toBe(6);
});

test('the version differs after a change of any feature, and is the same in every process until then', async () => {
  const { store, view, clock } = await setUp();
  const other = ledgerView({ store, nowMs: () => TO_MS, elapsedMs: () => 0 });
  const before = await view.version();
  expect(before).toBe(await other.version());
  const [id = ''] = await store.intents({ feature: 'support.reply', limit: 1 });
  await recordAudit(store, { intentId: id, success: false, nowMs: TO_MS });
  clock.ms += 1;
  expect(await view.version()).not.toBe(before);
});

test('a failed read is not cached: the next request reads again', async () => {
  const { view, reads } = await setUp();
  reads.down = true;
  await expect(view.overview()).rejects.toThrow('down');
  reads.down = false;
  expect((await view.overview()).features).toHaveLength(5);
});

test('a feature comes with the explanation of its plans; an unknown feature fails with an error that names it', async () => {
  const { view } = await setUp();
  const { report, explanations } = await view.feature('invoice.extract');
  expect(report.plans.map(plan => plan.plan)).toEqual(['mini', 'mini>premium', 'premium']);
  expect(explanations[0]?.plans.map(plan => plan.description)[1]).toBe('mini, then premium if needed');
  expect(explanations[0]?.expected).toBeDefined();
  expect(explanations[0]?.decision?.forecast).toBeDefined();
  expect(report.decision?.sentence).toMatch(/ is preferred to /);
  await expect(view.feature('invoice.extrct')).rejects.toThrow(
    'feature: the ledger knows no feature "invoice.extrct", did you mean "invoice.extract"?',
  );
});

test('a name that no feature has is neither read nor cached, so that questions cannot fill the memory', async () => {
  const { view, reads } = await setUp();
  const question = { feature: 'invoice.extrct', segment: '' };
  await expect(view.whatIf(question)).rejects.toMatchObject({ code: 'unknown-feature', path: 'feature' });
  await expect(view.feature('invoice.extrct')).rejects.toMatchObject({ code: 'unknown-feature' });
  expect(reads.cells).toBe(0);
});

test('a what-if question is answered by the policy for the requested segment', async () => {
  const { view } = await setUp();
  const { now, scenario } = await view.whatIf({ feature: 'support.reply', segment: '', failureCostUsd: 0.001 });
  expect(now.failureCostUsd).toBe(15);
  expect(scenario.plans[0]?.share).toBeGreaterThan(now.plans[0]?.share ?? 1);
  await expect(view.whatIf({ feature: 'support.reply', segment: 'plan=free' })).rejects.toMatchObject({
    code: 'unknown-feature',
    path: 'segment',
    accepted: [''],
  });
});

test('the prices include the models of all features', async () => {
  const { view } = await setUp();
  expect((await view.prices()).map(price => price.model).sort()).toEqual(['frontier', 'mini', 'premium']);
});

test('concurrent requests share one look-up of the generations, and a later request looks them up again', async () => {
  const store = memory();
  let lookUps = 0;
  const counting: Store = { ...store, generations: async names => (lookUps++, store.generations(names)) };
  const view = ledgerView({ store: counting, nowMs: () => TO_MS, elapsedMs: () => 0 });
  await Promise.all([view.version(), view.version(), view.version()]);
  expect(lookUps).toBe(1);
  await view.version();
  expect(lookUps).toBe(2);
});

describe('what the ledger’s last decisions say', () => {
  async function viewOf(parts: Partial<ReturnType<typeof decided>>): Promise<ReturnType<typeof ledgerView>> {
    const store = memory();
    const first = { ...decided(NOON), ...parts };
    await commitAll(store, [history('i', 'support', [first, attempted(NOON)])]);
    return ledgerView({ store, nowMs: () => NOON, elapsedMs: () => 0 });
  }

  test.each([
    [15_000_000_000, 'cost-per-intent'],
    [0, 'cost-per-success'],
  ])('plans of a feature with a failure cost of %d nUSD are compared by %s', async (failureCostNanoUsd, objective) => {
    const { explanations } = await (await viewOf({ failureCostNanoUsd })).feature('support');
    expect(explanations[0]).toMatchObject({ failureCostUsd: failureCostNanoUsd / 1e9, objective });
  });

  test.each([
    ['fixed', 'fixed', [1, 0]],
    ['thompson', 'thompson', undefined],
    ['an application’s own', 'an application’s own', [1, 0]],
  ])('the policy %s is explained as %s', async (name, policy, shares) => {
    const decision = {
      ...decided(NOON).decision,
      policy: name,
      plan: ['mini'],
      propensity: 1,
      eligible: ['mini', 'premium'],
    };
    const { explanations } = await (await viewOf({ decision })).feature('support');
    expect(explanations[0]?.policy).toBe(policy);
    const given = explanations[0]?.plans.map(plan => plan.share ?? Number.NaN) ?? [];
    if (shares === undefined) expect(given.every(share => share > 0)).toBe(true);
    else expect(given).toEqual(shares);
  });

  test('a feature has one explanation for intents without declared context and one per segment', async () => {
    const { explanations } = await (await viewOf({ segment: 'plan=free' })).feature('support');
    expect(explanations.map(({ segment }) => segment)).toEqual(['', 'plan=free']);
  });
});
