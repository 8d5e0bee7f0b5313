/**
 * Replays an outcome table under policies: what each would have cost if it had started without statistics and seen only the
 * outcomes of the plans it chose. Policies, labelling and statistics are those of a running router.
 */
import { listOf } from '../../argument-checks.ts';
import { NO_PLANS, planIndexes } from '../../core/ledger/plan-set.ts';
import { seededRandom } from '../../core/math/random.ts';
import { shuffle } from '../../core/math/samplers.ts';
import type { PlanKey } from '../../core/ledger/vocabulary.ts';
import { planKey } from '../../core/ledger/vocabulary.ts';
import { RouterError } from '../../errors.ts';
import type { Objective, Policy } from '../../contracts/policy.ts';
import { checkPolicy } from '../common/replay-arguments.ts';
import type { OutcomeRow, OutcomeTable } from './outcome-table.ts';
import { checkTable } from './outcome-table.ts';
import type { ReplayedPolicy } from './replayed-policy.ts';
import { replayedPolicy } from './replayed-policy.ts';
import { outcomeTable } from './table-builder.ts';
import type { Reference } from './table-reference.ts';
import { referenceOf } from './table-reference.ts';
import { DEFAULT_CHECKPOINTS, runTable } from './table-run.ts';
import type { ReplayTableOptions } from './table-setting.ts';
import { eligibleOf, settingOf } from './table-setting.ts';

export interface TableReplay {
  readonly candidates: readonly string[];
  readonly plans: readonly PlanKey[];
  readonly features: readonly string[];
  readonly failureCostUsd: number;
  readonly objective: Objective;
  readonly runs: number;
  /** Intents per run, and those skipped because no plan has all its answers. */
  readonly intents: number;
  readonly skipped: number;
  /**
   * Intents in which a policy had a choice: several plans have all their answers. For the others, all policies do the same.
   */
  readonly withChoice: number;
  /** The costs that the table shows in hindsight: of each plan, if it were always chosen, and of the best plan of each feature. */
  readonly reference: Reference;
  readonly policies: readonly ReplayedPolicy[];
}

const checkPolicies = listOf('a list of policies', checkPolicy);

/**
 * Runs policies over a table of outcomes, of which each sees only those of its own choices.
 *
 * @throws RouterError `invalid-data` for rows that contradict each other or have no candidate's answer; `invalid-value` and
 * `unknown-model` for wrong arguments
 * @example
 * ```ts
 * const { table } = await readOutcomeTable('outcomes.csv.gz');
 * const replay = replayTable(table, [thompson(), fixed('premium')], { failureCostUsd: 2.5, shuffles: 8 });
 * console.log(replay.policies.map(({ policy, ratio }) => [policy, ratio]));
 * ```
 */
export function replayTable(
  rows: OutcomeTable | Iterable<OutcomeRow>,
  policies: readonly Policy[],
  options: ReplayTableOptions,
): TableReplay {
  const isTable = typeof rows === 'object' && rows !== null && 'ids' in rows;
  if (isTable) checkTable(rows, 'replayTable.rows');
  const table = isTable ? rows : outcomeTable(rows);
  checkPolicies(policies, 'replayTable.policies');
  const setting = settingOf(table, options);
  const { shuffles = 0, seed = 1, warmUp } = options;
  const replayed: number[] = [];
  const warm: number[] = [];
  let skipped = 0;
  let withChoice = 0;
  for (let intent = 0; intent < table.ids.length; intent++) {
    const eligible = eligibleOf(setting, intent);
    if (eligible === NO_PLANS) skipped++;
    else if (warmUp?.(intent) === true) warm.push(intent);
    else {
      replayed.push(intent);
      if (planIndexes(eligible).length > 1) withChoice++;
    }
  }
  if (replayed.length === 0) {
    throw new RouterError('invalid-data', 'no request was answered by any of the candidates', {
      path: 'candidates',
      accepted: table.models,
    });
  }
  const inOrder = Uint32Array.from(replayed);
  const random = seededRandom(seed);
  const orders =
    shuffles > 0
      ? Array.from({ length: shuffles }, (_, i) => shuffle(Uint32Array.from(inOrder), random.fork(`order ${i}`)))
      : [inOrder];
  const reference = referenceOf(setting, inOrder);
  const best = orders.map(order => reference.curve(order, options.checkpoints ?? DEFAULT_CHECKPOINTS));
  return {
    candidates: setting.candidates,
    plans: setting.plans.map(planKey),
    features: table.features,
    failureCostUsd: setting.failureCostUsd,
    objective: setting.objective,
    runs: orders.length,
    intents: replayed.length,
    skipped,
    withChoice,
    reference: reference.found,
    policies: policies.map(policy => {
      const runs = orders.map((order, i) =>
        runTable(setting, policy, {
          order,
          seed: `${seed}/${i}`,
          ...(options.checkpoints === undefined ? {} : { checkpoints: options.checkpoints }),
          ...(warm.length === 0 ? {} : { warmUp: Uint32Array.from(warm) }),
          ...(options.onIntent === undefined ? {} : { onIntent: options.onIntent }),
        }),
      );
      return replayedPolicy(policy.name, runs, {
        setting,
        intents: replayed.length,
        bestUsd: reference.found.best.totalUsd,
        best,
      });
    }),
  };
}
