/**
 * Weak priors from public benchmarks: which of a feature's candidates is better, weighted by how well such results have predicted others.
 */
import { checkNames, invalidValue } from '../errors.ts';
import type { EvidenceCandidate, PriorEvidence } from '../contracts/prior.ts';
import { sigmoid } from '../core/math/sigmoid.ts';
import { meansSameModel } from '../prices/snapshot.ts';
import type { SourcedExpectation } from './evidence-notes.ts';
import { evidenceNotes } from './evidence-notes.ts';
import { modelLevels } from './model-levels.ts';
import { CODING } from './public-data/coding.ts';
import { KNOWLEDGE } from './public-data/knowledge.ts';
import { REASONING } from './public-data/reasoning.ts';
import { SUMMARIES } from './public-data/summaries.ts';
import { TOOLS } from './public-data/tools.ts';
import type { BenchmarkKind, BenchmarkResult, PublicBenchmark } from './public-benchmark.ts';
import { checkBenchmarks } from './public-benchmark.ts';

/** The results that come with the package. Each was read from its source; none of them was measured by this project. */
export const PUBLIC_BENCHMARKS: readonly PublicBenchmark[] = Object.freeze([
  ...CODING,
  ...KNOWLEDGE,
  ...REASONING,
  ...SUMMARIES,
  ...TOOLS,
]);

export interface PublicEvidenceOptions {
  /** Benchmarks to use instead of those that come with the package: a leaderboard of your own, for example. */
  readonly benchmarks?: readonly PublicBenchmark[];
}

/**
 * P(success) around which the levels of models are placed, because no benchmark shows how difficult the application's
 * feature is.
 */
const ORDINARY_SUCCESS = 0.7;

/**
 * Outcomes that the evidence on one model counts as. Chosen on the worlds of `bench:statistics --only priors`: at 4, evidence that is the
 * opposite of the truth costs twelve features 3 % more in their first 1,000 intents, instead of 1 %. Smaller: correct evidence saves less.
 */
const OUTCOMES = 2;

const KINDS: readonly BenchmarkKind[] = ['coding', 'knowledge', 'reasoning', 'summaries', 'tools'];

/**
 * The `prior` of a feature from public benchmarks of this kind; without a kind, from all of them.
 *
 * A success rate on a benchmark says little about the rate in an application, but something about which model is better. So only
 * differences count, between candidates that were measured on the same benchmark; they are shrunk by half or less, the more benchmarks
 * agree, and count as two outcomes, in addition to those that the prices count as. `explain` names the sources, next to the feature's own
 * outcomes.
 *
 * @throws RouterError `invalid-value` for a kind that does not exist, or benchmarks with missing or wrong fields
 * @example
 * ```ts
 * const feature = { candidates: ['mini', 'premium'], failureCostUsd: 2, prior: publicEvidence('coding') };
 * ```
 */
export function publicEvidence(kind?: BenchmarkKind, options: PublicEvidenceOptions = {}): PriorEvidence {
  if (kind !== undefined && !KINDS.includes(kind)) throw invalidValue(kind, 'publicEvidence.kind', KINDS);
  checkNames(options, ['benchmarks'], 'publicEvidence');
  const given = checkBenchmarks(options.benchmarks ?? PUBLIC_BENCHMARKS, 'publicEvidence.benchmarks');
  const benchmarks = kind === undefined ? given : given.filter(benchmark => benchmark.kind === kind);
  const name = `public benchmarks${kind === undefined ? '' : ` (${kind})`}`;
  return {
    of(candidates) {
      const expected = expectedOf(candidates, benchmarks);
      const names = candidates.map(candidate => candidate.name);
      return { expected, notes: outcomes => evidenceNotes(name, expected, { candidates: names, outcomes }) };
    },
  };
}

function expectedOf(
  candidates: readonly EvidenceCandidate[],
  benchmarks: readonly PublicBenchmark[],
): ReadonlyMap<string, SourcedExpectation> {
  const shared = benchmarks.flatMap(benchmark => {
    const found = candidates.flatMap(({ name, model }) => {
      const result = resultOf(benchmark, model);
      return result === undefined ? [] : [{ name, benchmark, result }];
    });
    return found.length < 2 ? [] : found;
  });
  const ordinary = Math.log(ORDINARY_SUCCESS / (1 - ORDINARY_SUCCESS));
  return new Map(
    [...modelLevels(shared.map(logitResult))].map(([name, level]) => [
      name,
      {
        success: sigmoid(ordinary + level),
        outcomes: OUTCOMES,
        sources: shared.filter(each => each.name === name).map(sourceText),
      },
    ]),
  );
}

interface SharedResult {
  readonly name: string;
  readonly benchmark: PublicBenchmark;
  readonly result: BenchmarkResult;
}

/** The latest result of a model: a name without a date stands for all of its snapshots. */
function resultOf({ results }: PublicBenchmark, model: string): BenchmarkResult | undefined {
  const found = results.filter(([name]) => meansSameModel(name, model));
  return found.find(([name]) => name === model) ?? found.toSorted(([, , x], [, , y]) => y.localeCompare(x))[0];
}

/** Adds half a solved and half a failed task, so that the logit is finite even if all tasks or none were solved. */
function logitResult({
  name,
  benchmark,
  result: [, percent],
}: SharedResult): Parameters<typeof modelLevels>[0][number] {
  const solved = (benchmark.tasks * percent) / 100 + 0.5;
  const failed = benchmark.tasks - solved + 1;
  return {
    benchmark: benchmark.name,
    model: name,
    logit: Math.log(solved / failed),
    variance: 1 / solved + 1 / failed,
  };
}

function sourceText({ benchmark, result: [model, percent, date, setting] }: SharedResult): string {
  const how = setting === undefined ? '' : `, ${setting}`;
  return `${benchmark.name}: ${percent} % of ${benchmark.tasks} tasks (${model}${how}, ${date}; ${benchmark.licence}, ${benchmark.source})`;
}
