/**
 * How far the coded numbers of requests predict outcomes, from counts by code, which any process can add up from a store's cells; and what
 * the numbers add to rates that were observed without numbers.
 */
import {
  MAX_ARRIVALS,
  MAX_EXPLAINED_DEVIATION,
  MIN_NUMBER_WEIGHT,
  NUMBER_HALF_LIFE_BUCKETS,
  NUMBER_PROBABILITY,
  NUMBER_REFIT_FRACTION,
} from './number-constants.ts';
import type { CodeCounts, HitCounts, LogitShift, NodeCode, RateFit } from './number-fit.ts';
import { averageShift, fitRate, levelOf } from './number-fit.ts';
import type { RoundedCell } from '../cells/cell.ts';
import { hoursIn } from '../cells/grains.ts';
import type { CodedSegment } from '../ledger/number-code.ts';
import type { NodeKey } from '../ledger/vocabulary.ts';
import { modelOfNode } from '../ledger/vocabulary.ts';
import { sigmoid } from '../math/sigmoid.ts';

/** A node's rates without the numbers of a request, and the bucket from which on these rates were observed. */
export interface RatesWithoutNumbers {
  readonly node: NodeKey;
  readonly since: number;
  readonly success: number;
  readonly climb: number;
}

/** A change of a rate that a series of outcomes shows. */
export interface RateChange {
  readonly node: NodeKey;
  readonly rate: RateName;
  readonly since: number;
  /** The segment's name without its numbers. */
  readonly base: string;
}

/** The shifts of one node's rates, at one code. */
export interface NodeShifts {
  readonly success: LogitShift;
  /** The shift of the rejection rate, where plans climb on from the node. */
  readonly climb?: LogitShift;
}

export interface NumberEffects {
  /** Adds the delta of a node cell whose segment has a code. `moment`: when the intent was decided, in buckets, if known. */
  add(code: CodedSegment, delta: RoundedCell, moment?: number): void;
  /** Probability that the numbers predict anything. */
  weight(): number;
  /** Fraction of the log-loss of the outcomes so far that the numbers explain: 0 where they predict nothing. */
  explained(): number;
  /**
   * What the numbers of a request add to the node's rates, which were observed at the requests that the node got: once numbers count, an
   * expensive model gets the difficult ones. For a code without information: what the average request adds. `undefined` where the node has
   * no outcome with numbers, or where numbers do not count.
   */
  shiftsOf(rates: RatesWithoutNumbers, code: CodedSegment): NodeShifts | undefined;
  /**
   * Whether the numbers of the requests since a bucket explain the whole change of a rate. Once an expensive model gets the difficult
   * requests, its rate falls although no model has changed.
   */
  explains(change: RateChange): boolean;
  clear(): void;
}

type RateName = 'success' | 'climb';
const RATES: readonly RateName[] = ['success', 'climb'];
type ByRate = Readonly<Record<RateName, HitCounts>>;

/** The counts that one delta added. */
type CodedArrival = ByRate & { readonly moment: number; readonly code: CodedSegment };

type Fitted = Readonly<Partial<Record<RateName, RateFit>>> & { readonly weight: number; readonly explained: number };

/** @param climbing nodes after which a plan may climb */
export function numberEffects(climbing: ReadonlySet<NodeKey>): NumberEffects {
  const nodes = new Map<NodeKey, number>();
  /** Counts by node and segment. */
  const counts = new Map<string, NodeCode & ByRate>();
  /** The latest counts by node, in the order of their arrival. */
  const latest = new Map<number, CodedArrival[]>();
  /** The hour whose evidence has weight 1. Later evidence weighs more, so that the sums counted so far need not change. */
  let reference: number | undefined;
  let newest = Number.NEGATIVE_INFINITY;
  let labels = 0;
  let labelsAtFit = 0;
  let fitted: Fitted | undefined;

  function countsOf(code: CodedSegment, { subject, segment }: RoundedCell['key']): NodeCode & ByRate {
    let node = nodes.get(subject);
    if (node === undefined) nodes.set(subject, (node = nodes.size));
    const id = `${node} ${segment}`;
    let known = counts.get(id);
    if (known === undefined) counts.set(id, (known = { node, code, ...noCounts() }));
    return known;
  }

  function remember(node: number, arrival: CodedArrival): void {
    let arrivals = latest.get(node);
    if (arrivals === undefined) latest.set(node, (arrivals = []));
    arrivals.push(arrival);
    if (arrivals.length > 2 * MAX_ARRIVALS) arrivals.splice(0, MAX_ARRIVALS);
  }

  function fit(): Fitted {
    if (fitted !== undefined && labels - labelsAtFit <= NUMBER_REFIT_FRACTION * labels) return fitted;
    labelsAtFit = labels;
    const scale = reference === undefined ? 1 : 2 ** ((reference - newest) / NUMBER_HALF_LIFE_BUCKETS);
    let [gain, plainLog] = [0, 0];
    const fits: Partial<Record<RateName, RateFit>> = {};
    for (const name of RATES) {
      const found = fitRate([...counts.values()].map(each => countsAt(each, name, scale)));
      if (found === undefined) continue;
      fits[name] = found;
      gain += found.gain;
      plainLog += found.plainLog;
    }
    const weight = sigmoid(Math.log(NUMBER_PROBABILITY / (1 - NUMBER_PROBABILITY)) + gain);
    fitted = { ...fits, weight, explained: plainLog < 0 ? Math.max(0, (weight * gain) / -plainLog) : 0 };
    return fitted;
  }

  /** The requests for which the rate was observed: after a change only the latest outcomes, else all of them. */
  function mixOf(
    node: number,
    name: RateName,
    { since, base }: { since: number; base: string },
  ): readonly CodeCounts[] {
    const arrivals = latest.get(node) ?? [];
    const isLatest = since > (arrivals[0]?.moment ?? since);
    const observed = isLatest
      ? arrivals.filter(({ moment }) => moment >= since)
      : [...counts.values()].filter(each => each.node === node);
    return observed.flatMap(each =>
      each.code.base === base && each[name].trials > 0 ? [{ node, code: each.code, ...each[name] }] : [],
    );
  }

  /** The numbers of all requests, at the node where each request began, whichever model was asked first. */
  function requestsOf(base: string): readonly (NodeCode & ByRate)[] {
    const starts = new Set([...nodes].flatMap(([key, node]) => (modelOfNode(key) === key ? [node] : [])));
    return [...counts.values()].filter(({ node, code }) => starts.has(node) && code.base === base);
  }

  return {
    add(code, { key, sums }, moment = key.bucket) {
      const hour = key.bucket + hoursIn(key) / 2;
      reference ??= hour;
      newest = Math.max(newest, hour);
      const weight = 2 ** ((hour - reference) / NUMBER_HALF_LIFE_BUCKETS);
      const known = countsOf(code, key);
      const added = countsIn(sums, climbing.has(key.subject));
      for (const name of RATES) {
        known[name].trials += weight * added[name].trials;
        known[name].hits += weight * added[name].hits;
      }
      labels += Math.max(Math.abs(added.success.trials), Math.abs(added.success.hits));
      remember(known.node, { moment, code, ...added });
    },
    weight: () => fit().weight,
    explained: () => fit().explained,
    shiftsOf(rates, code) {
      const node = nodes.get(rates.node);
      const { success, climb, weight } = fit();
      if (node === undefined || success === undefined || weight < MIN_NUMBER_WEIGHT) return undefined;
      const requests = code.numbers.length > 0 ? [] : requestsOf(code.base);
      const shiftOf = (name: RateName, found: RateFit): LogitShift => {
        const mix = mixOf(node, name, { since: rates.since, base: code.base });
        const level = levelOf(
          rates[name],
          mix.map(each => ({ trials: each.trials, shift: found.shiftAt(each).mean })),
        );
        const at = (of: CodedSegment): LogitShift => {
          const { mean, variance } = found.shiftAt({ node, code: of });
          return { mean: mean + level, variance };
        };
        if (code.numbers.length > 0) return at(code);
        return averageShift(
          rates[name],
          requests.map(each => ({ trials: each.success.trials, ...at(each.code) })),
        );
      };
      return {
        success: shiftOf('success', success),
        ...(climb !== undefined && climbing.has(rates.node) ? { climb: shiftOf('climb', climb) } : {}),
      };
    },
    explains({ node: key, rate, since, base }) {
      const node = nodes.get(key);
      const { [rate]: found, weight } = fit();
      if (node === undefined || found === undefined || weight < 0.5) return false;
      let [missed, variance] = [0, 0];
      for (const { moment, code, [rate]: observed } of latest.get(node) ?? []) {
        if (moment < since || code.base !== base) continue;
        const expected = found.rateAt({ node, code });
        missed += observed.hits - observed.trials * expected;
        variance += observed.trials * expected * (1 - expected);
      }
      return missed * missed < MAX_EXPLAINED_DEVIATION ** 2 * variance;
    },
    clear(): void {
      nodes.clear();
      counts.clear();
      latest.clear();
      reference = fitted = undefined;
      newest = Number.NEGATIVE_INFINITY;
      labels = labelsAtFit = 0;
    },
  };
}

function noCounts(): ByRate {
  return { success: { trials: 0, hits: 0 }, climb: { trials: 0, hits: 0 } };
}

function countsAt({ node, code, ...each }: NodeCode & ByRate, name: RateName, scale: number): CodeCounts {
  const { trials, hits } = each[name];
  return { node, code, trials: scale * trials, hits: scale * hits };
}

/** Counts of labels: where a plan climbs on from the node, of accepted replies alone. Rejections are counted only at such nodes. */
function countsIn({ n, rejected, ...sums }: RoundedCell['sums'], climbs: boolean): ByRate {
  const accepted = (all: number | bigint = 0n, returned: number | bigint = 0n): number =>
    Number(all) - (climbs ? Number(returned) : 0);
  return {
    success: {
      trials: accepted(sums.labelled, sums.labelledRejected),
      hits: accepted(sums.successes, sums.successesRejected),
    },
    climb: climbs ? { trials: Number(n ?? 0n), hits: Number(rejected ?? 0n) } : { trials: 0, hits: 0 },
  };
}
