/** The overview of all features: verdicts first, then what needs attention, then figures over time. */
import { combineParts } from '../analysis/report.ts';
import type { Cell } from '../core/cells/cell.ts';
import type { Period } from '../core/cells/period.ts';
import { spanOf, stepFor, stepsOf, stepStarts } from '../core/cells/period.ts';
import { sumOf, sumsByPlan } from '../core/cells/sums.ts';
import { toUsd } from '../core/ledger/money.ts';
import type { Attention } from '../core/report/attention.ts';
import { attentionOf, sortedAttention } from '../core/report/attention.ts';
import type { ShownPeriod } from '../core/report/shown-period.ts';
import { figuresOf } from '../core/report/sums-figures.ts';
import { trendOf } from '../core/report/trend.ts';
import { featureVerdict, overallVerdict } from '../core/report/verdict.ts';
import type { ControlsMessage, OverviewMessage, OverviewStep, TotalMessage } from './messages.ts';
import type { OverviewPart } from './overview-part.ts';

/** Steps of the plots: one point each, far enough apart to be distinguished. */
const STEPS = 32;

export function overviewOf(
  parts: readonly OverviewPart[],
  given: {
    readonly shown: ShownPeriod;
    readonly nowMs: number;
    readonly controls: ControlsMessage;
    /** `undefined`: no running router could be asked. */
    readonly live: readonly Attention[] | undefined;
  },
): OverviewMessage {
  const { shown, nowMs, controls, live } = given;
  const { features, ...rest } = combineParts(parts, nowMs);
  const cells = parts.flatMap(part => part.cells);
  const timing = timingOf(cells);
  const byName = new Map(parts.map(part => [part.report.feature, part]));
  const rows = features.flatMap(({ history: _, drift: __, plans: ___, turns: ____, ...report }) => {
    const part = byName.get(report.feature);
    if (part === undefined) return [];
    const { trend } = part;
    const steps = stepsOver(part.cells, timing).map(({ fromMs, costPerSuccessUsd, success }) => ({
      fromMs,
      costPerSuccessUsd: costPerSuccessUsd.value,
      success: success.value,
    }));
    return [{ ...report, verdict: featureVerdict(part), ...(trend === undefined ? {} : { trend }), steps }];
  });
  return {
    ...rest,
    shown,
    nowMs,
    verdict: overallVerdict(rows.map(({ verdict }) => verdict)),
    attention: sortedAttention([
      ...parts.flatMap(({ report, changes }) => attentionOf(report, changes)),
      ...damaged(controls),
      ...(live ?? []),
    ]),
    isRouterKnown: live !== undefined,
    total: totalOf(parts, cells),
    steps: stepsOver(cells, timing),
    features: rows,
    controls,
  };
}

function damaged({ damaged: errors }: ControlsMessage): readonly Attention[] {
  return errors.map(error => ({
    kind: 'ledger',
    severity: 'act',
    sentence: `A switch, a pin or a holdout cannot be read: ${error}`,
  }));
}

function totalOf(parts: readonly OverviewPart[], cells: readonly Cell[]): TotalMessage {
  const now = figuresOf(sumOf(sumsByPlan(cells).values()));
  const earlier = parts.flatMap(({ before }) => before ?? []);
  if (earlier.length === 0) return { now };
  const before = figuresOf(sumOf(earlier.map(({ sums }) => sums)));
  const beforeMs = Math.max(...earlier.map(({ covered: { fromMs, toMs } }) => toMs - fromMs));
  return { now, before, beforeMs, trend: trendOf(now, before) };
}

interface Timing {
  readonly span: Required<Period>;
  readonly starts: readonly number[];
}

/** The steps of all plots of the page begin at the same times. */
function timingOf(cells: readonly Cell[]): Timing | undefined {
  const span = spanOf(cells);
  return span && { span, starts: stepStarts(cells, span, stepFor(span, STEPS)) };
}

function stepsOver(cells: readonly Cell[], timing: Timing | undefined): readonly OverviewStep[] {
  if (timing === undefined) return [];
  return stepsOf(cells, timing.span, timing.starts).map(({ fromMs, plans }) => {
    const sums = sumOf(plans.values());
    const { intents, labelled, success, costPerSuccessUsd } = figuresOf(sums);
    const [spendUsd, failureUsd] = [toUsd(sums.cost ?? 0n), toUsd(sums.failureCost ?? 0n)];
    return { fromMs, intents, labelled, success, costPerSuccessUsd, spendUsd, failureUsd };
  });
}
