/** The figures of a feature's page for the period: its report, what changed, and what needs attention. */
import type { FeaturePart } from '../analysis/report.ts';
import type { Cell } from '../core/cells/cell.ts';
import { isIn, wholeBuckets } from '../core/cells/period.ts';
import type { Attention } from '../core/report/attention.ts';
import { attentionOf, sortedAttention } from '../core/report/attention.ts';
import type { ShownPeriod } from '../core/report/shown-period.ts';
import { featureVerdict } from '../core/report/verdict.ts';
import type { FeatureMessage } from './messages.ts';
import { changesIn } from './overview-part.ts';
import { countedOf } from './period-query.ts';

/** @param cells all cells of the feature */
export function featureFigures(
  { report, trend }: FeaturePart,
  given: { readonly cells: readonly Cell[]; readonly shown: ShownPeriod; readonly live: readonly Attention[] },
): Omit<FeatureMessage, 'nowMs' | 'explanations' | 'controls' | 'isNeverLabelled'> {
  const { cells, shown, live } = given;
  const { period, before } = countedOf(shown);
  const earlier = trend?.before ?? before;
  const { changes, shift } = changesIn(cells, {
    covered: wholeBuckets(period, cells),
    earlier: earlier === undefined ? undefined : cells.filter(({ key }) => isIn(earlier, key.bucket)),
  });
  return {
    shown,
    report,
    ...(trend === undefined ? {} : { trend }),
    verdict: featureVerdict({ report, trend, changes, shift }),
    changes,
    attention: sortedAttention([...attentionOf(report, changes), ...live]),
  };
}
