/** Measures every policy on one table at one failure cost, and the quality constraint. */
import { wilson } from '../../src/core/math/interval.ts';
import { fixed } from '../../src/policies/fixed.ts';
import { thompson } from '../../src/policies/thompson.ts';
import type { OutcomeTable } from '../../src/replay/table/outcome-table.ts';
import { priceOfQuality } from '../../src/replay/table/quality.ts';
import type { TableReplay } from '../../src/replay/table/replay-table.ts';
import { meanCosts } from '../../src/replay/table/table-setting.ts';
import { replayTable } from '../../src/replay/table/replay-table.ts';
import { withKnownRates } from './known-rates.ts';
import type { Pair } from './pairs.ts';
import { climbers, rivals } from './policies.ts';
import { splitOf } from './split.ts';

/** Figures of one policy. */
export interface Row {
  readonly policy: string;
  /** Total cost ÷ that of the best fixed model per feature in hindsight. */
  readonly ratio: number;
  /** Standard error over the shuffles; absent for a policy that does not depend on the order. */
  readonly error?: number;
  readonly successRate: number;
  /** Spend as a fraction of that of always taking premium. */
  readonly spendShare: number;
}

export interface Cell {
  readonly on: string;
  readonly rows: 'all' | 'dev' | 'heldout';
  /** Failure cost as a multiple of premium's mean price per request. */
  readonly times: number;
  readonly intents: number;
  readonly shuffles: number;
  readonly policies: readonly Row[];
}

export interface MeasureOptions {
  readonly candidates: readonly string[];
  readonly failureCostUsd: number;
  readonly shuffles: number;
  /** Measures only the router itself, for the parts of a split. */
  readonly routerOnly?: boolean;
  readonly onIntent?: () => void;
}

export function measure(table: OutcomeTable, options: MeasureOptions): readonly Row[] {
  const { candidates, failureCostUsd, shuffles, routerOnly = false, onIntent } = options;
  const common = { candidates, failureCostUsd, shuffles, ...(onIntent === undefined ? {} : { onIntent }) };
  const plain = replayTable(table, routerOnly ? [thompson()] : rivals(), common);
  const own = replayTable(table, routerOnly ? [] : [thompson()], { ...common, poolPriors: false });
  const premium = plain.reference.always[candidates.at(-1) ?? '']?.spendUsd ?? 1;
  const best = plain.reference.best.totalUsd;
  const rowsOf = (replay: TableReplay, rename: (name: string) => string): readonly Row[] =>
    replay.policies.map(({ policy, totalUsd, ratioError, successRate, spendUsd }) => ({
      policy: rename(policy),
      ratio: totalUsd / best,
      error: ratioError,
      successRate,
      spendShare: spendUsd / premium,
    }));
  const fixedRows = Object.entries(plain.reference.always).map(([plan, { totalUsd, successRate, spendUsd }], k) => ({
    policy: `always ${k === 0 ? 'cheap' : k === candidates.length - 1 ? 'premium' : plan}`,
    ratio: totalUsd / best,
    successRate,
    spendShare: spendUsd / premium,
  }));
  const { best: hindsight, clairvoyant } = plain.reference;
  const oracles = [
    { name: 'oracle per feature', of: hindsight },
    { name: 'oracle per request', of: clairvoyant },
  ].map(({ name, of }) => ({
    policy: name,
    ratio: of.totalUsd / best,
    successRate: of.successRate,
    spendShare: of.spendUsd / premium,
  }));
  if (routerOnly) return [...rowsOf(plain, name => name), ...fixedRows];
  const climbing = replayTable(table, climbers(candidates), { ...common, verdict: { sensitivity: 1, specificity: 1 } });
  return [
    ...rowsOf(plain, name => name),
    ...rowsOf(own, () => 'thompson, features apart'),
    ...fixedRows,
    ...rowsOf(climbing, name => (name === 'fixed' ? 'cascade, perfect verdict' : `${name}, perfect verdict`)),
    ...withKnownRates(table, { candidates, failureCostUsd, shuffles }),
    ...oracles,
  ];
}

export interface QualityCell {
  readonly on: string;
  readonly intents: number;
  /** 95 % of premium's success rate on the held-out intents, and the rate that was reached, with its interval. */
  readonly needed: number;
  readonly success: number;
  readonly low: number;
  readonly high: number;
  readonly share: number;
  /** One model per feature, chosen on the dev rows by the same rule. */
  readonly staticSuccess: number;
  readonly staticShare: number;
  readonly published: Pair['featureStatic'];
}

/** Learns from all answers of the dev rows, then routes the held-out rows under the constraint. */
export function measureQuality(
  table: OutcomeTable,
  pair: Pair,
  { shuffles, keep = 0.95 }: { readonly shuffles: number; readonly keep?: number },
): QualityCell {
  const candidates = [pair.cheap, pair.premium];
  const isDev = Uint8Array.from(table.ids, id => (splitOf(id) === 'dev' ? 1 : 0));
  const dev = (intent: number): boolean => isDev[intent] === 1;
  const { failureCostUsd } = priceOfQuality(table, { candidates, fraction: keep, keep: dev });
  const replay = replayTable(table, [thompson(), fixed(pair.premium)], {
    candidates,
    failureCostUsd,
    shuffles,
    warmUp: dev,
  });
  const [router] = replay.policies;
  const premium = replay.reference.always[pair.premium];
  if (router === undefined || premium === undefined) throw new TypeError('nothing was replayed');
  const interval = wilson(router.successRate * replay.intents, replay.intents);
  const chosen = staticChoice(table, { candidates, failureCostUsd, dev });
  return {
    on: pair.name,
    intents: replay.intents,
    needed: keep * premium.successRate,
    success: router.successRate,
    low: interval.low,
    high: interval.high,
    share: router.spendUsd / premium.spendUsd,
    staticSuccess: chosen.successRate,
    staticShare: chosen.spendUsd / premium.spendUsd,
    published: pair.featureStatic,
  };
}

/** Uses the best model of a feature's dev rows for all its held-out rows. */
function staticChoice(
  table: OutcomeTable,
  {
    candidates,
    failureCostUsd,
    dev,
  }: { candidates: readonly string[]; failureCostUsd: number; dev: (intent: number) => boolean },
): { readonly successRate: number; readonly spendUsd: number } {
  const sums = table.features.map(() => candidates.map(() => ({ devUsd: 0, spendUsd: 0, successes: 0 })));
  let intents = 0;
  for (let intent = 0; intent < table.ids.length; intent++) {
    if (!dev(intent)) intents++;
    for (let answer = table.first[intent] as number; answer < (table.first[intent + 1] as number); answer++) {
      const k = candidates.indexOf(table.models[table.model[answer] as number] as string);
      const sum = sums[table.feature[intent] as number]?.[k];
      if (sum === undefined) continue;
      const spendUsd = (table.costNanoUsd[answer] as number) / 1e9;
      const success = table.success[answer] as number;
      if (dev(intent)) sum.devUsd += spendUsd + failureCostUsd * (1 - success);
      else {
        sum.spendUsd += spendUsd;
        sum.successes += success;
      }
    }
  }
  const chosen = sums.map(feature => feature.reduce((x, y) => (y.devUsd < x.devUsd ? y : x)));
  return {
    successRate: chosen.reduce((sum, each) => sum + each.successes, 0) / intents,
    spendUsd: chosen.reduce((sum, each) => sum + each.spendUsd, 0),
  };
}

export function premiumPrice(table: OutcomeTable, premium: string): number {
  return meanCosts(table)(premium);
}
