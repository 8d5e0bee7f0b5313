/** The benchmark results in benchmarks/results/NAME.json, from which the documentation's tables are made. */
import { readFileSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import type { MeasuredResult } from './measured.ts';
import type { CandidatesCell } from './routing/candidates.ts';
import type { Cell, QualityCell } from './routing/measure.ts';
import type { Figure } from './statistics/check.ts';

/** The command and the machine that produced the figures. */
export interface Origin {
  readonly command: string;
  readonly machine: Machine;
  /** Duration of the whole run. */
  readonly seconds: number;
}

export interface Machine {
  readonly cores: number;
  readonly node: string;
}

export interface Check {
  readonly what: string;
  readonly value: number;
  readonly atMost: number;
  readonly passes: boolean;
}

export interface RoutingResult extends Origin {
  readonly seed: number;
  readonly cells: readonly Cell[];
  /** More candidates than two; absent in results from before they were measured. */
  readonly candidates?: readonly CandidatesCell[];
  readonly quality: readonly QualityCell[];
  readonly checks: readonly Check[];
}

export interface JudgedFigure extends Figure {
  readonly passes: boolean;
}

/** Results of a benchmark whose figures are means over seeds. */
export interface SeededResult extends Origin {
  readonly seeds: number;
  readonly missed: number;
  readonly figures: readonly JudgedFigure[];
}

export interface StatisticsResult extends SeededResult {
  /** True for a run with few seeds and wider bars. */
  readonly smoke: boolean;
}

export interface OffPolicyResult extends Origin {
  readonly seed: string;
  readonly ledgers: number;
  /** Questions refused because the ledger has too little evidence. */
  readonly refused: number;
  /** Fraction of the intervals for the saving that contain the truth, and its minimum: over all questions, and of each. */
  readonly coverage: number;
  readonly bar: number;
  readonly barOfEach: number;
  /** Intervals for the saving that are entirely on the other side of 0 from the truth. */
  readonly wrongSigns: number;
  /** Questions to ledgers whose outcomes are missing more often for failures or for successes, which the other figures leave out. */
  readonly byKind: { readonly asked: number; readonly refused: number };
  readonly rows: readonly OffPolicyRow[];
}

export interface OffPolicyRow {
  readonly world: string;
  readonly target: string;
  /** Outcomes are missing more often for failures or for successes: a refusal is the right answer. */
  readonly isByKind: boolean;
  readonly answered: number;
  readonly refused: number;
  /** Coverage for the saving, the cost per intent, the success rate, and the success rate by self-normalized weights. */
  readonly coverageOfSaving: number;
  readonly coverage: number;
  readonly coverageOfSuccess: number;
  readonly coverageOfSnips: number;
  readonly wrongSigns: number;
  /** Mean error and mean width of the interval, as fractions of the true cost per intent. */
  readonly bias: number;
  readonly width: number;
  readonly savingWidthUsd: number;
}

export interface MillionResult extends Origin {
  readonly seed: string;
  readonly world: string;
  readonly rows: number;
  readonly intents: number;
  readonly fileMb: number;
  readonly bars: { readonly seconds: number; readonly peakRssMb: number };
  readonly policies: readonly MillionRow[];
}

/** One policy, measured in its own process. */
export interface MillionRow {
  readonly policy: string;
  /** From the start of the process; of these, reading the table. */
  readonly seconds: number;
  readonly readSeconds: number;
  /** CPU time of all threads: about `seconds` on an idle machine, less on a busy one. */
  readonly cpuSeconds: number;
  readonly peakRssMb: number;
  /** Total cost ÷ that of the best model per feature in hindsight. */
  readonly ratio: number;
  readonly passes: boolean;
}

export interface ContextResult extends Origin {
  readonly cells: readonly ContextCell[];
  readonly checks: readonly ContextCheck[];
}

/** A mean in points (1 % of the cost of the best model per feature in hindsight), with its standard error. */
export interface Points {
  readonly mean: number;
  readonly error: number;
}

export interface ContextCell {
  readonly on: string;
  readonly segments: string;
  readonly kind: 'no signal' | 'signal' | 'unknown';
  readonly runs: number;
  readonly plain: Points;
  readonly contextual: Points;
  /** Paired difference by run: to `thompson` without context, and to `thompson` on every segment separately. */
  readonly lost: Points;
  readonly lostToSegments?: Points | undefined;
}

export interface ContextCheck {
  readonly what: string;
  readonly points: Points;
  readonly atMost: number;
  readonly passes: boolean;
}

export interface OverheadResult extends Origin {
  readonly rounds: number;
  readonly comparisons: readonly OverheadRow[];
  readonly decision: { readonly ns: number; readonly maxNs: number };
  readonly ok: boolean;
}

/** Calls that are routed, or go through another library, compared with direct ones. */
export interface OverheadRow {
  readonly name: string;
  readonly directUs: number;
  readonly addedUs: number;
  readonly addedQuartilesUs: readonly [number, number];
  /** Lowest deciles: own − direct, and own ÷ direct. */
  readonly addedQuietUs: number;
  readonly quietRatio: number;
  readonly ratio: number;
  /** Median of direct ÷ direct in the same rounds; 1 on an idle machine. */
  readonly selfRatio: number;
  /** The bar; both absent for a row without one. */
  readonly maxAddedUs?: number | undefined;
  readonly maxRatio?: number | undefined;
  readonly ok: boolean;
}

/** `''` for a row without a bar. */
export function barOf({ maxAddedUs, maxRatio }: OverheadRow): string {
  const added = maxAddedUs === undefined ? [] : [`${maxAddedUs.toLocaleString('en-US')} µs`];
  return [...added, ...(maxRatio === undefined ? [] : [`×${maxRatio}`])].join(', ');
}

export interface FeaturesResult extends Origin {
  readonly rounds: number;
  /** Load of the machine, before and after: other processes share its caches. */
  readonly load: readonly number[];
  readonly callsPerSecond: number;
  readonly bars: { readonly ratio: number; readonly delayMs: number; readonly pauseMs: number };
  readonly costs: readonly (CallCost & { readonly ok: boolean })[];
}

/** Thread CPU of a call with this many features, or with this many intents in memory. */
export interface CallCost {
  readonly name: string;
  /** One call after the other; the ratio is to the least number of features or intents. */
  readonly cpuUs: number;
  readonly ratio: number;
  /** The same at a steady rate, with the timers that pace the calls. */
  readonly pacedCpuUs: number;
  readonly pacedRatio: number;
  /** Delay of the event loop at that rate, 99th percentile. */
  readonly delayP99Ms: number;
  /** The longest time of 1,000 calls that one call held the processor; the same without a router, in the same process. */
  readonly longestMs?: number;
  readonly longestDirectMs?: number;
  /** The longest time of a commit to the store, without garbage collection, while the store fills and prunes as many intents. */
  readonly longestCommitMs?: number;
  /** The same of plain maps with as many ids. */
  readonly longestMapSetMs?: number;
}

export interface MutantsResult extends Origin {
  readonly rooms: readonly MutantRow[];
}

/** Number of mutants in a room that its tests notice. */
export interface MutantRow {
  readonly room: string;
  readonly killed: number;
  readonly survived: number;
  /** Listed in test/equivalent-mutants.json, and not counted in `killed` or `survived`. */
  readonly equivalent: number;
  /** Of those killed, mutants that a time limit ended. Rows from before this was counted lack it. */
  readonly timeouts?: number;
  /** Percent. */
  readonly score: number;
  readonly bar: number;
  /** Where a random sample ran: the number of mutants it was drawn from, and the score's 95 % interval (Wilson), percent. */
  readonly sample?: { readonly of: number; readonly seed: number; readonly low: number; readonly high: number };
  /** The room's own run, which may be older than the others'. */
  readonly seconds: number;
}

export interface Results {
  readonly context: ContextResult;
  readonly overhead: OverheadResult;
  readonly features: FeaturesResult;
  readonly routing: RoutingResult;
  readonly sessions: SeededResult;
  readonly statistics: StatisticsResult;
  readonly 'off-policy': OffPolicyResult;
  readonly million: MillionResult;
  readonly 'million-intents': MeasuredResult;
  readonly mutants: MutantsResult;
  readonly archive: MeasuredResult;
  readonly postgres: MeasuredResult;
  readonly start: MeasuredResult;
}

export function thisMachine(): Machine {
  return { cores: availableParallelism(), node: process.versions.node };
}

function fileOf(name: string): URL {
  return new URL(`./results/${name}.json`, import.meta.url);
}

/** Rounds fractions to five digits, so that a repeated run changes few lines. */
export function saveResult(name: string, result: Results[keyof Results]): void {
  const rounded = (_: string, value: unknown): unknown =>
    typeof value === 'number' && !Number.isInteger(value) ? Number(value.toPrecision(5)) : value;
  writeFileSync(fileOf(name), `${JSON.stringify(result, rounded, 2)}\n`);
}

export function readResult<Name extends keyof Results>(name: Name): Results[Name] {
  return JSON.parse(readFileSync(fileOf(name), 'utf8')) as Results[Name];
}
