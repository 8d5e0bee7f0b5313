/** How well figures are known from a number of outcomes, and how many outcomes it takes to know them. */
import { checkNames, invalidValue } from '../../errors.ts';
import { Z95 } from '../math/distributions.ts';
import { outcomesNeeded } from '../math/interval.ts';
import type { SetUp } from './calculator.ts';
import { assertValid, costsOf, escalationRateOf } from './calculator.ts';

export type CostFigure = 'cost-per-intent' | 'cost-per-success';

/**
 * Half-width of a figure's 95 % interval at a sample size, by the normal approximation.
 * Cost per intent: z·√(H²e(1−e) + σ² + 2ρHσ√(e(1−e)))/√n; cost per success: z·(H√(e(1−e)) + CPS·√(p(1−p)) + σ)/p/√n.
 * (e, p: escalation and success rate, H failure cost, σ standard deviation of the spend, ρ its correlation with failure.)
 *
 * @example
 * ```ts
 * const reasoning = { tokenCostUsd: 0.014, successRate: 0.95, failureCostUsd: 15 };
 * halfWidthUsd(reasoning, { figure: 'cost-per-intent', sampleSize: 100 }); // 0.64…
 * ```
 */
export function halfWidthUsd(
  setUp: SetUp,
  options: { readonly figure: CostFigure; readonly sampleSize: number },
): number {
  checkNames(options, ['figure', 'sampleSize'], 'halfWidthUsd');
  const { figure, sampleSize } = options;
  assertValid({ ...setUp, sampleSize });
  checkFigure(figure);
  return (Z95 * deviationUsd(setUp, figure)) / Math.sqrt(sampleSize);
}

/**
 * Labelled intents needed until a figure is known to ± `precisionUsd` at 95 %.
 *
 * @throws RouterError `invalid-value` for a precision that is not above 0
 *
 * @example
 * ```ts
 * const reasoning = { tokenCostUsd: 0.014, successRate: 0.95, failureCostUsd: 15 };
 * samplesNeeded(reasoning, { figure: 'cost-per-intent', precisionUsd: 0.2 }); // 1027
 * ```
 */
export function samplesNeeded(
  setUp: SetUp,
  options: { readonly figure: CostFigure; readonly precisionUsd: number },
): number {
  checkNames(options, ['figure', 'precisionUsd'], 'samplesNeeded');
  const { figure, precisionUsd } = options;
  assertValid(setUp);
  checkFigure(figure);
  if (!(Number.isFinite(precisionUsd) && precisionUsd > 0))
    throw invalidValue(precisionUsd, 'precisionUsd', 'an amount above 0');
  const costSdUsd = deviationUsd(setUp, figure);
  return outcomesNeeded({ success: 1, failureCostUsd: 0, costSdUsd, halfWidthUsd: precisionUsd });
}

/** Standard deviation of one intent's contribution to a figure. */
function deviationUsd(setUp: SetUp, figure: CostFigure): number {
  const { costSdUsd = 0, correlation = 0, failureCostUsd, successRate: p } = setUp;
  const e = escalationRateOf(setUp);
  const failureSdUsd = failureCostUsd * Math.sqrt(e * (1 - e));
  if (figure === 'cost-per-intent')
    return Math.sqrt(Math.max(0, failureSdUsd ** 2 + costSdUsd ** 2 + 2 * correlation * failureSdUsd * costSdUsd));
  return (failureSdUsd + costsOf(setUp).costPerSuccessUsd * Math.sqrt(p * (1 - p)) + costSdUsd) / p;
}

const FIGURES: readonly string[] = ['cost-per-intent', 'cost-per-success'] satisfies readonly CostFigure[];

function checkFigure(figure: CostFigure): void {
  if (!FIGURES.includes(figure)) throw invalidValue(figure, 'figure', FIGURES);
}
