/** A drift event in one sentence. */
import type { DriftEvent } from './drift.ts';
import { servedParts } from '../cells/served-version.ts';
import { describeNode } from '../ledger/vocabulary.ts';
import { formatFigure, formatMoment, formatPercentApart } from './wording.ts';

/** `2026-01-02 03:00 UTC: the success rate of premium went from 95.0 % (90.0–98.0) to 50.0 % (40.0–60.0).` */
export function describeDrift(event: DriftEvent): string {
  const when = `${formatMoment(event.atMs)} UTC`;
  if (event.kind === 'version') {
    const other = servedParts(event.to);
    if (other !== undefined)
      return `${when}: ${event.model} (${event.from}) was served by ${other.servedBy} for the first time.`;
    return `${when}: ${event.model} changed from ${event.from} to ${event.to}.`;
  }
  const rate = event.kind === 'success' ? 'success rate' : 'rejection rate';
  const segment = event.segment === '' ? '' : ` (${event.segment})`;
  const percent = formatPercentApart(event.before.value, event.after.value);
  return (
    `${when}: the ${rate} of ${describeNode(event.node)}${segment} went from ` +
    `${formatFigure(event.before, percent)} to ${formatFigure(event.after, percent)}.`
  );
}
