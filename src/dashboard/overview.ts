/** What the overview shows of all features. */
import type { FeaturePart } from '../analysis/report.ts';
import { combineParts } from '../analysis/report.ts';
import type { ShownPeriod } from '../core/report/shown-period.ts';
import type { ControlsMessage, OverviewMessage } from './messages.ts';

export function overviewOf(
  parts: readonly FeaturePart[],
  {
    shown,
    nowMs,
    controls,
  }: { readonly shown: ShownPeriod; readonly nowMs: number; readonly controls: ControlsMessage },
): OverviewMessage {
  const { features, ...rest } = combineParts(parts, nowMs);
  const trends = new Map(parts.map(({ report: { feature }, trend }) => [feature, trend]));
  return {
    ...rest,
    shown,
    nowMs,
    features: features.map(({ history: _, drift: __, plans: ___, turns: ____, ...own }) => own),
    trends: features.flatMap(({ feature }) => trends.get(feature) ?? []),
    controls,
  };
}
