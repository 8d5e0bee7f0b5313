/** A feature's first hours in steps of minutes: statistics are kept by the hour, so these steps are computed from the intents. */
import { recordsLeft } from '../contracts/archiving.ts';
import type { Store } from '../contracts/store.ts';
import { contribution } from '../core/cells/contribution.ts';
import type { GrowingSums } from '../core/cells/sums.ts';
import { addAt } from '../core/cells/sums.ts';
import { foldIntent } from '../core/ledger/records.ts';
import type { PlanKey } from '../core/ledger/vocabulary.ts';
import type { FeatureReport } from '../core/report/feature-report.ts';
import type { History } from '../core/report/history.ts';
import { historyStep } from '../core/report/history.ts';

/** Longest time that is shown in steps of five minutes. Over a longer time, hours show as much, and more intents would have to be read. */
const MAX_SPAN_MS = 5 * 3_600_000;
/** More intents would take longer to read than a page may. */
const MAX_INTENTS = 5_000;
const WIDTH_MS = 300_000;

/** `undefined` for a feature with more hours, or more intents, than are read one by one. */
export async function minuteHistory(
  store: Pick<Store, 'intents' | 'load'>,
  { feature, span, intents, failureCost }: FeatureReport,
): Promise<History | undefined> {
  if (span === undefined || span.toMs - span.fromMs > MAX_SPAN_MS || intents > MAX_INTENTS) return undefined;
  const ids = await store.intents({ feature, fromMs: span.fromMs, toMs: span.toMs, limit: MAX_INTENTS });
  const steps = new Map<number, Map<PlanKey, GrowingSums>>();
  for (const id of ids) {
    const intent = foldIntent(await recordsLeft(store, id));
    if (intent === undefined) continue;
    const fromMs = Math.floor(intent.decided.atMs / WIDTH_MS) * WIDTH_MS;
    const plans = steps.get(fromMs) ?? new Map<PlanKey, GrowingSums>();
    steps.set(fromMs, plans);
    for (const { key, sums } of contribution(intent)) if (key.scope === 'plan') addAt(plans, key.subject, sums);
  }
  const known = [...steps.keys()];
  if (known.length === 0) return undefined;
  const first = Math.min(...known);
  const count = (Math.max(...known) - first) / WIDTH_MS + 1;
  const failureCostUsd = failureCost.configuredUsd ?? 0;
  return {
    widthMs: WIDTH_MS,
    // A step without intents is kept, so that a pause is visible.
    steps: Array.from({ length: count }, (_, i) => {
      const fromMs = first + i * WIDTH_MS;
      return historyStep({ fromMs, plans: steps.get(fromMs) ?? new Map<PlanKey, GrowingSums>() }, { failureCostUsd });
    }),
  };
}
