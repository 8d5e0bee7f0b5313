/** The options of a simulation. */
import type { ArgumentCheck, MemberChecks } from '../../argument-checks.ts';
import {
  aboveZero,
  callback,
  optional,
  optionsWith,
  seed,
  wholeFromOne,
  wholeFromZero,
} from '../../argument-checks.ts';
import type { Cell } from '../../core/cells/cell.ts';
import type { Objective } from '../../contracts/policy.ts';
import { checkObjective } from '../common/replay-arguments.ts';

export interface SimulationOptions {
  /** Seed of the world and of the policy. */
  readonly seed: string | number;
  /** What the policy minimizes; default `'cost-per-intent'`. */
  readonly objective?: Objective;
  /** Milliseconds between intents; default: 4,000 intents in 28 days. */
  readonly stepMs?: number;
  /** Paces the spend so that the budget lasts for this number of intents. */
  readonly budget?: { readonly budgetUsd: number; readonly expectedIntents: number };
  /** Called with the amounts that each step adds to the cells. */
  readonly onDelta?: (delta: readonly Cell[]) => void;
}

const CHECKS: MemberChecks<SimulationOptions> = {
  seed,
  objective: optional(checkObjective),
  stepMs: optional(aboveZero),
  budget: optional(
    optionsWith<NonNullable<SimulationOptions['budget']>>({ budgetUsd: aboveZero, expectedIntents: wholeFromOne }),
  ),
  onDelta: optional(callback),
};
export const checkStart: ArgumentCheck = optionsWith(CHECKS);
export const checkRun: ArgumentCheck = optionsWith<SimulationOptions & { readonly intents: number }>({
  ...CHECKS,
  intents: wholeFromZero,
});
