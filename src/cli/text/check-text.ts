/** The results of `check` for the terminal. */
import type { Period } from '../../core/cells/period.ts';
import type { Figure } from '../../core/math/interval.ts';
import { describeNode } from '../../core/ledger/vocabulary.ts';
import type { LimitCheck, LimitName, LimitState } from '../../core/report/limit-check.ts';
import { periodWords } from '../../core/report/period-words.ts';
import { MIN_OUTCOMES } from '../../core/report/limit-check.ts';
import { formatFigure, formatMoment, formatPercent, formatUsd } from '../../core/report/wording.ts';
import { left, renderTable, right } from './table.ts';

/** A success rate that fell: to `figure`, from `allowed`. */
interface FallenRate {
  readonly limit: 'drift';
  readonly node: string;
  readonly atMs: number;
  readonly allowed: number;
  readonly figure: Figure;
  readonly state: 'exceeded';
}

/** `feature` is `null` for a limit of all features together. */
export type NamedCheck = { readonly feature: string | null } & (LimitCheck | FallenRate);

export interface CheckedLimits {
  readonly period: Period;
  /** The period that the figures cover, if it is longer than the requested one. */
  readonly coveredPeriod?: Period;
  readonly checks: readonly NamedCheck[];
}

const NAMES: Readonly<Record<LimitName, string>> = {
  maxCostPerSuccess: 'cost per success, at most',
  maxCostPerIntent: 'cost per intent, at most',
  minSuccess: 'success, at least',
  maxSpend: 'model spend, at most',
};

const STATES: Readonly<Record<LimitState, string>> = {
  within: 'within',
  exceeded: 'EXCEEDED',
  uncertain: `uncertain: inside the interval, or fewer than ${MIN_OUTCOMES} outcomes`,
  unknown: 'unknown: no outcome is recorded',
};

export function renderChecks({ period, coveredPeriod, checks }: CheckedLimits): string {
  const of = Object.keys(period).length === 0 ? 'the whole ledger' : periodWords(period, coveredPeriod);
  if (checks.length === 0) return `Nothing is exceeded (${of}).`;
  const table = renderTable(
    [left('Feature'), left('Limit'), right('Allowed'), right('Figure (95 %)'), left('State')],
    checks.map(check => [
      check.feature ?? 'all together',
      check.limit === 'drift'
        ? `success of ${describeNode(check.node)} fell at ${formatMoment(check.atMs)} UTC, from`
        : NAMES[check.limit],
      formatOf(check)(check.allowed),
      check.limit === 'maxSpend' ? formatUsd(check.figure.value) : formatFigure(check.figure, formatOf(check)),
      STATES[check.state],
    ]),
  );
  return `${table}\nPeriod: ${of}. Exceeded: the whole interval is beyond the limit.`;
}

function formatOf({ limit }: NamedCheck): (value: number) => string {
  return limit === 'minSuccess' || limit === 'drift' ? formatPercent : formatUsd;
}
