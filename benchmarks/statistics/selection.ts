/**
 * Plans that were chosen by the segment of the request, compared as if each had got the same mix of segments: how often the bounds of both
 * plans hold the truth at every look of a run, and how often the comparison is settled on the wrong plan. The truth is what each plan would
 * have cost for all intents of the run since the last change that a report finds.
 */
import type { Cell } from '../../src/core/cells/cell.ts';
import { BUCKET_MS } from '../../src/core/cells/cell.ts';
import type { GrowingSums } from '../../src/core/cells/sums.ts';
import { sumsByPlan } from '../../src/core/cells/sums.ts';
import type { CostSample } from '../../src/core/math/interval.ts';
import { figureBounds, settledPlan } from '../../src/core/math/confidence-sequence.ts';
import type { Random } from '../../src/core/math/random.ts';
import { seededRandom } from '../../src/core/math/random.ts';
import { lognormalVariate } from '../../src/core/math/samplers.ts';
import { LEARNING_BELOW, MIN_OUTCOMES_PER_SEGMENT } from '../../src/core/report/constants.ts';
import { costSample } from '../../src/core/report/cost-sample.ts';
import { selectionOf } from '../../src/core/report/selection.ts';
import { cellsSince, lastChangeMs } from '../../src/core/report/since-change.ts';
import type { Figure, Part } from './check.ts';
import { atLeast, atMost, meanOf } from './check.ts';
import type { Segment, SelectionWorld } from './selection-worlds.ts';
import { at, SELECTION_WORLDS } from './selection-worlds.ts';

const INTENTS = 4000;
/** Runs per seed; one in a smoke run. */
const RUNS_PER_SEED = 4;
const SMOKE_SEEDS = 8;
const LOOK_EVERY = 40;
const INTENTS_PER_HOUR = 250;
const PLANS = ['mini', 'premium'] as const;

/** The cost of a plan so far. */
interface Known {
  n: number;
  usd: number;
}

interface Look {
  /** Whether the bounds of both plans contain what each would have cost for all intents since the last change that was found. */
  readonly holds: boolean;
  /** The same for bounds from the intents that each plan got. */
  readonly holdsAsRouted: boolean;
  readonly settledOn: number;
  /** The cheaper plan for those intents. */
  readonly cheaper: number;
}

/** One segment in one hour. */
interface Stratum {
  readonly segment: number;
  readonly hour: number;
  readonly sums: readonly [GrowingSums, GrowingSums];
  n: number;
  /** Σ over the stratum's intents of the expected cost of each plan. */
  readonly expectedUsd: [mini: number, premium: number];
}

/** Every look of one run at which the plans were compared by segment. */
function looksOf(world: SelectionWorld, seed: string): readonly Look[] {
  const { segments, costsUsd, sigma = 1, failureCostUsd, explored = 0.2, valuable = 0 } = world;
  const random = seededRandom(`${world.name} ${seed}`);
  const meanFailureCostUsd = failureCostUsd * (1 + 19 * valuable);
  const strata = new Map<string, Stratum>();
  /** The cost of each plan so far, by segment. */
  const known = segments.map((): readonly [Known, Known] => [
    { n: 0, usd: 0 },
    { n: 0, usd: 0 },
  ]);
  const looks: Look[] = [];
  for (let i = 0; i < INTENTS; i++) {
    const time = i / INTENTS;
    const segment = drawn(segments, time, random);
    const success = at((segments[segment] as Segment).success, time);
    const ofPlans = known[segment] as readonly [Known, Known];
    const [mini, premium] = ofPlans.map(({ n, usd }) => (usd + 0.1) / (n + 1)) as [number, number];
    const k = (random.next() < explored ? random.next() < 0.5 : premium < mini) ? 1 : 0;
    const costUsd = lognormalVariate(costsUsd[k], sigma, random);
    const lossUsd = failureCostUsd * (random.next() < valuable ? 20 : 1);
    const isSuccess = random.next() < success[k];
    ofPlans[k].n++;
    ofPlans[k].usd += costUsd + (isSuccess ? 0 : lossUsd);
    const stratum = stratumOf(strata, segment, Math.floor(i / INTENTS_PER_HOUR));
    stratum.n++;
    for (const j of [0, 1] as const) stratum.expectedUsd[j] += costsUsd[j] + meanFailureCostUsd * (1 - success[j]);
    addIntent(stratum.sums[k], { costUsd, lossUsd, isSuccess });
    if ((i + 1) % LOOK_EVERY === 0) looks.push(...lookAt([...strata.values()], failureCostUsd));
  }
  return looks;
}

function drawn(segments: readonly Segment[], time: number, random: Random): number {
  let left = random.next();
  const found = segments.findIndex(({ share }) => (left -= at(share, time)) < 0);
  return found < 0 ? segments.length - 1 : found;
}

function stratumOf(strata: Map<string, Stratum>, segment: number, hour: number): Stratum {
  const id = `${segment} ${hour}`;
  let stratum = strata.get(id);
  if (stratum === undefined) strata.set(id, (stratum = { segment, hour, sums: [{}, {}], n: 0, expectedUsd: [0, 0] }));
  return stratum;
}

/** Like a report, uses only the data since the last change that it finds. None if the plans are not compared by segment. */
function lookAt(strata: readonly Stratum[], failureCostUsd: number): readonly Look[] {
  const all = strata.flatMap(each => cellsOf(each, 'plan'));
  const changeMs = lastChangeMs(strata.flatMap(each => cellsOf(each, 'node')));
  const cells = cellsSince(all, changeMs);
  const labels = cells.reduce((sum, { sums }) => sum + Number(sums.labelled ?? 0n), 0);
  const selection = selectionOf(cells, { plans: PLANS, failureCostUsd }, all);
  if (labels < LEARNING_BELOW || selection === undefined || 'reason' in selection) return [];
  const since = strata.filter(({ hour }) => changeMs === undefined || hour * BUCKET_MS >= changeMs);
  const compared = [...Map.groupBy(since, ({ segment }) => segment).values()].filter(own =>
    [0, 1].every(k => outcomesOf(own, k) >= MIN_OUTCOMES_PER_SEGMENT),
  );
  const n = sumOver(compared.flat(), each => each.n);
  const truth = PLANS.map((_, k) => sumOver(compared.flat(), ({ expectedUsd }) => expectedUsd[k] as number) / n);
  const hold = (samples: readonly CostSample[]): boolean =>
    samples.every((sample, k) => {
      const { low, high } = figureBounds(sample, { plans: PLANS.length });
      return low <= (truth[k] as number) && (truth[k] as number) <= high;
    });
  const sums = sumsByPlan(cells);
  return [
    {
      holds: hold(selection.samples),
      holdsAsRouted: hold(PLANS.map(plan => costSample(sums.get(plan) ?? {}, failureCostUsd))),
      settledOn: settledPlan(selection.samples),
      cheaper: truth.indexOf(Math.min(...truth)),
    },
  ];
}

function cellsOf({ segment, hour, sums }: Stratum, scope: 'plan' | 'node'): readonly Cell[] {
  return sums.flatMap((own, k): readonly Cell[] =>
    own.n === undefined
      ? []
      : [
          {
            key: {
              scope,
              feature: 'f',
              segment: `e=${segment}`,
              subject: PLANS[k] as string,
              version: '',
              bucket: hour,
            },
            sums: own,
          },
        ],
  );
}

function outcomesOf(strata: readonly Stratum[], plan: number): number {
  return sumOver(strata, ({ sums }) => Number(sums[plan]?.labelled ?? 0n));
}

function sumOver(strata: readonly Stratum[], of: (stratum: Stratum) => number): number {
  return strata.reduce((sum, each) => sum + of(each), 0);
}

function addIntent(
  sums: GrowingSums,
  { costUsd, lossUsd, isSuccess }: { readonly costUsd: number; readonly lossUsd: number; readonly isSuccess: boolean },
): void {
  const cost = BigInt(Math.round(costUsd * 1e9));
  const loss = BigInt(Math.round(lossUsd * 1e9));
  const added: GrowingSums = {
    n: 1n,
    cost,
    cost2: cost * cost,
    cost3: cost ** 3n,
    labelled: 1n,
    successes: isSuccess ? 1n : 0n,
    costOfLabelled: cost,
    labelledFailureCost: loss,
    labelledFailureCost2: loss * loss,
    ...(isSuccess
      ? {}
      : {
          costOfFailures: cost,
          failureCost: loss,
          failureCost2: loss * loss,
          costTimesFailureCost: cost * loss,
          weighedFailures: 1n,
        }),
  };
  for (const [name, value] of Object.entries(added) as [keyof GrowingSums, bigint][])
    sums[name] = (sums[name] ?? 0n) + value;
}

export const SELECTION: Part = {
  name: 'selection',
  run({ seeds, progress }) {
    return SELECTION_WORLDS.flatMap((world): readonly Figure[] => {
      const runs = seeds.flatMap(seed =>
        Array.from({ length: seeds.length > SMOKE_SEEDS ? RUNS_PER_SEED : 1 }, (_, i) => {
          progress(`selection: ${world.name}`);
          return looksOf(world, `${seed} ${i}`);
        }),
      );
      const compared = runs.filter(looks => looks.length > 0);
      const percent = (of: (looks: readonly Look[]) => boolean): Pick<Figure, 'value' | 'standardError' | 'unit'> => ({
        ...meanOf(compared.map(looks => (of(looks) ? 100 : 0))),
        unit: '%',
      });
      const name = `selection: ${world.name}`;
      const isWrong = ({ settledOn, cheaper }: Look): boolean =>
        settledOn >= 0 && (world.isTie === true || settledOn !== cheaper);
      return [
        {
          name: `${name}, both bounds hold at every look`,
          ...percent(looks => looks.every(({ holds }) => holds)),
          ...(world.isBeyond === true ? {} : { bar: atLeast(95) }),
        },
        { name: '  by what each plan got', ...percent(looks => looks.every(({ holdsAsRouted }) => holdsAsRouted)) },
        { name: `${name}, ever settled wrongly`, ...percent(looks => looks.some(isWrong)), bar: atMost(5) },
        { name: '  settled at the end', ...percent(looks => (looks.at(-1)?.settledOn ?? -1) >= 0) },
      ];
    });
  },
};
