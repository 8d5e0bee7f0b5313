/** Records the evidence that an application gives about an intent. */
import type { Evidence } from '../core/ledger/vocabulary.ts';
import { decideBeforeRequest } from '../engine/request/decide.ts';
import { recordEvidence } from '../engine/request/outcomes.ts';
import { claim } from './claimed-handle.ts';
import type { Seam } from './fetch.ts';
import type { RecordedOutcome } from './intent-input.ts';
import { inUsd } from './intent-input.ts';

/** @throws RouterError what `makeEvidence` throws; `unknown-intent`, or `store-unusable` where neither store nor spool has it */
export async function recordOutcome(
  { engine, intents }: Pick<Seam, 'engine' | 'intents'>,
  { feature: name, intentId }: { readonly feature: string; readonly intentId: string },
  makeEvidence: () => Evidence,
): Promise<RecordedOutcome> {
  const evidence = makeEvidence();
  const feature = engine.feature(name);
  const handled = intents.get(intentId);
  const session = feature.config.countsSessions ? handled?.options.session : undefined;
  // Evidence before the first request: the intent is decided now, so that there is a record to attach it to. But a session
  // that had no request is no intent: its name may be misspelled.
  if (handled !== undefined && session === undefined) {
    // Only the first caller learns that the intent may have no request and no evidence yet.
    const origin = claim(handled);
    if (origin === 'made' || (origin === 'given' && (await engine.book.get(intentId)) === undefined))
      await decideBeforeRequest(engine, { feature, intentId, options: handled.options });
  }
  return inUsd(await recordEvidence(engine, { feature: name, intentId, session }, evidence));
}
