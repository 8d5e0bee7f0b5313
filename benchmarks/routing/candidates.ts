/** Lists of more than two candidates that one outcome table has, with the failure costs at which they are compared. */
import { epsilonGreedy } from '../../src/policies/epsilon-greedy.ts';
import { exploreThenCommit } from '../../src/policies/explore-then-commit.ts';
import { thompson } from '../../src/policies/thompson.ts';
import { trackAndStop } from '../../src/policies/track-and-stop.ts';
import type { OutcomeTable } from '../../src/replay/table/outcome-table.ts';
import { replayTable } from '../../src/replay/table/replay-table.ts';
import { premiumPrice } from './measure.ts';

const FOUR = [
  'open-mistral-nemo-2407-FC-Any',
  'gpt-3.5-turbo-0125-FC',
  'claude-3-haiku-20240307',
  'claude-3-5-sonnet-20240620',
];
const SIX = [...FOUR, 'gpt-4-1106-preview-FC', 'claude-3-opus-20240229'];
const EIGHT = [...SIX, 'gpt-4o-mini-2024-07-18', 'gpt-3.5-turbo-0125'];
export const CANDIDATE_LISTS: readonly (readonly string[])[] = [FOUR, SIX, EIGHT];
/** Failure cost, as a multiple of the most expensive candidate's mean price. */
const FAILURE_COSTS = [10, 100];

/** Total cost ÷ that of the best model per feature in hindsight. */
export interface CandidatesCell {
  readonly on: string;
  readonly intents: number;
  readonly router: number;
  readonly error: number;
  readonly greedy: number;
  /** The other policies by name, and the best single model for all features in hindsight. */
  readonly others: Readonly<Record<string, number>>;
  readonly fixed: number;
}

export function measureCandidates(
  table: OutcomeTable,
  models: readonly string[],
  { shuffles, seed }: { readonly shuffles: number; readonly seed: number },
): readonly CandidatesCell[] {
  const candidates = [...models].sort((x, y) => premiumPrice(table, x) - premiumPrice(table, y));
  return FAILURE_COSTS.map(times => {
    const failureCostUsd = times * premiumPrice(table, candidates.at(-1) ?? '');
    const policies = [thompson(), epsilonGreedy(), exploreThenCommit({ outcomes: 100 }), trackAndStop()];
    const replay = replayTable(table, policies, { candidates, failureCostUsd, shuffles, seed });
    const [router, greedy, ...others] = replay.policies;
    const plain = replayTable(table, [thompson({ floor: 'none' })], {
      candidates,
      failureCostUsd,
      shuffles,
      seed,
      poolPriors: false,
    });
    const fixed = Math.min(...Object.values(replay.reference.always).map(({ totalUsd }) => totalUsd));
    return {
      on: `${candidates.length} candidates, ${times}×`,
      intents: replay.intents,
      router: router?.ratio ?? Number.NaN,
      error: router?.ratioError ?? Number.NaN,
      greedy: greedy?.ratio ?? Number.NaN,
      others: {
        ...Object.fromEntries(others.map(({ policy, ratio }) => [policy, ratio])),
        'plain Thompson': plain.policies[0]?.ratio ?? Number.NaN,
      },
      fixed: fixed / replay.reference.best.totalUsd,
    };
  });
}
