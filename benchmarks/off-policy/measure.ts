/** Asks a simulated ledger what always taking each of its plans would have cost, and compares the answers with the truth. */
import type { DecidedRecord, LedgerRecord } from '../../src/core/ledger/records.ts';
import type { Figure } from '../../src/core/math/interval.ts';
import { seededRandom } from '../../src/core/math/random.ts';
import { planKey } from '../../src/core/ledger/vocabulary.ts';
import { fixed } from '../../src/policies/fixed.ts';
import { thompson } from '../../src/policies/thompson.ts';
import { replayLedger } from '../../src/replay/ledger/replay-ledger.ts';
import { savingsAgainst } from '../../src/replay/ledger/savings.ts';
import { simulatedLedger } from '../../src/replay/worlds/simulated-ledger.ts';
import type { World } from '../../src/replay/worlds/world.ts';
import type { LedgerKind } from './ledgers.ts';
import { STEP_MS } from './ledgers.ts';
import type { KnownLedger } from './known-ledger.ts';
import { routedLedger } from './end-to-end.ts';

/** One kind of ledger and one baseline; sums over ledgers. */
export interface Tally {
  readonly world: string;
  readonly target: string;
  /** Outcomes are missing more often for failures or for successes, so that a refusal is the right answer. */
  readonly isByKind: boolean;
  asked: number;
  answered: number;
  /** Answers whose 95 % interval contains the truth. */
  covered: number;
  coveredSaving: number;
  coveredSuccess: number;
  coveredSnips: number;
  /** Answers whose interval for the saving is entirely on the other side of 0 from the truth. */
  wrongSigns: number;
  /** Sums of error and width, as fractions of the true cost, and of the width of the saving in USD. */
  error: number;
  width: number;
  savingWidthUsd: number;
}

function startTally({ name, isByKind = false }: LedgerKind, target: string): Tally {
  return {
    world: name,
    target,
    isByKind,
    asked: 0,
    answered: 0,
    covered: 0,
    coveredSaving: 0,
    coveredSuccess: 0,
    coveredSnips: 0,
    wrongSigns: 0,
    error: 0,
    width: 0,
    savingWidthUsd: 0,
  };
}

export async function askLedgers(
  kind: LedgerKind,
  { intents: wanted, seeds, progress }: { intents: number; seeds: readonly number[]; progress: (what: string) => void },
): Promise<readonly Tally[]> {
  const intents = kind.intents ?? wanted;
  const world = kind.world(intents);
  const tallies = world.plans.map(plan => startTally(kind, `always ${plan.join('>')}`));
  for (const seed of seeds) {
    const ledger = await ledgerOf(kind, { world, intents, seed: `${kind.name} ${seed}` });
    for (const [target, tally] of tallies.entries())
      await ask(ledger, { target, tally, isRouted: kind.isRouted === true });
    progress(`${kind.name}, ledger ${seed}`);
  }
  return tallies;
}

async function ledgerOf(
  kind: LedgerKind,
  { world, intents, seed }: { readonly world: World; readonly intents: number; readonly seed: string },
): Promise<KnownLedger> {
  if (kind.isRouted === true) return routedLedger(world, { intents, seed });
  const policy = kind.policy?.(intents) ?? thompson({ floor: 'evaluation' });
  const { records } = simulatedLedger(world, policy, { intents, seed, stepMs: STEP_MS });
  const altered = kind.alter?.(records, seededRandom(seed).fork('alter')) ?? records;
  return {
    world,
    records: altered,
    async *scan() {
      yield* altered;
    },
  };
}

async function ask(
  ledger: KnownLedger,
  { target, tally, isRouted }: { readonly target: number; readonly tally: Tally; readonly isRouted: boolean },
): Promise<void> {
  const { records, world } = ledger;
  const plan = world.plans[target] ?? [];
  const { estimate } = (await replayLedger(ledger, fixed(plan))).features[world.name] ?? {};
  tally.asked++;
  if (estimate?.kind !== 'estimate') return;
  count(tally, truthOf(records, world, target), {
    cost: estimate.costPerIntentUsd,
    // The log's saving against the baseline is the additional cost of the baseline.
    saving: isRouted ? await savingOf(ledger, planKey(plan)) : negated(estimate.savedPerIntentUsd),
    success: estimate.successRate,
    snips: estimate.snips.successRate,
  });
}

async function savingOf(ledger: KnownLedger, plan: string): Promise<Figure> {
  const [saving] = (await savingsAgainst(ledger, plan)).features;
  if (saving?.kind !== 'estimate')
    throw new TypeError(`the replay answers, and the saving does not: ${saving?.reason}`);
  return saving.perIntentUsd;
}

/** Means over the intents of a ledger. */
export interface Truth {
  readonly costUsd: number;
  readonly savedUsd: number;
  readonly success: number;
}

export interface Answers {
  readonly cost: Figure;
  readonly saving: Figure;
  readonly success: Figure;
  readonly snips: Figure;
}

export function count(tally: Tally, truth: Truth, { cost, saving, success, snips }: Answers): void {
  tally.answered++;
  if (holds(cost, truth.costUsd)) tally.covered++;
  if (holds(saving, truth.savedUsd)) tally.coveredSaving++;
  if (holds(success, truth.success)) tally.coveredSuccess++;
  if (holds(snips, truth.success)) tally.coveredSnips++;
  if (truth.savedUsd > 0 ? saving.high < 0 : saving.low > 0) tally.wrongSigns++;
  tally.error += (cost.value - truth.costUsd) / truth.costUsd;
  tally.width += (cost.high - cost.low) / truth.costUsd;
  tally.savingWidthUsd += saving.high - saving.low;
}

function holds({ low, high }: Figure, truth: number): boolean {
  // Sums of the same numbers in another order differ in their last digits.
  const slack = 1e-9 * Math.abs(truth);
  return low - slack <= truth && truth <= high + slack;
}

/** The truth about the intents that a replay of the baseline covers: they have an outcome, and the baseline plan was eligible. */
function truthOf(records: readonly LedgerRecord[], world: World, target: number): Truth {
  const baseline = planKey(world.plans[target] ?? []);
  const labelled = new Set(records.flatMap(record => (record.kind === 'labelled' ? [record.intentId] : [])));
  let [n, costUsd, loggedUsd, fail] = [0, 0, 0, 0];
  for (const record of records) {
    if (record.kind !== 'decided' || !labelled.has(record.intentId)) continue;
    if (!record.decision.eligible.includes(baseline)) continue;
    const rates = ratesOf(record, world);
    const { usd, fail: failing } = rates(baseline);
    n++;
    costUsd += usd;
    fail += failing;
    loggedUsd += rates(planKey(record.decision.plan)).usd;
  }
  return { costUsd: costUsd / n, savedUsd: (costUsd - loggedUsd) / n, success: 1 - fail / n };
}

/** The true cost of an intent's plans: the step is in its id. */
function ratesOf(
  { intentId, segment, failureCostNanoUsd }: DecidedRecord,
  world: World,
): (plan: string) => { readonly usd: number; readonly fail: number } {
  const failureCostUsd = failureCostNanoUsd / 1e9;
  const truth = world.truth(Number(intentId.split('-').at(-1)), { segment, failureCostUsd });
  return plan => {
    const { costUsd = Number.NaN, fail = Number.NaN } =
      truth[world.plans.findIndex(models => planKey(models) === plan)] ?? {};
    return { usd: costUsd + failureCostUsd * fail, fail };
  };
}

function negated({ value, low, high }: Figure): Figure {
  return { value: -value, low: -high, high: -low };
}
