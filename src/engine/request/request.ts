/** One request: decide → send (with retries) → verdict → climb or finish → ledger. Plain calls, streams and `run` share it. */
import type { Intent } from '../../core/ledger/records.ts';
import { openDecided, unknownIntent } from './decide.ts';
import type { Engine } from '../engine.ts';
import type { Exchanged } from '../attempts/exchange.ts';
import { observationOf } from './observation.ts';
import type { OpenReceipt } from '../state/receipts.ts';
import type { EngineRequest } from './request-run.ts';
import { RequestRun } from './request-run.ts';

export interface EngineResult<Reply> {
  readonly exchanged: Exchanged<Reply>;
  readonly receipt: OpenReceipt;
}
/** What `deliver` makes of the result. Never rejects because of a provider. @throws RouterError for misuse (nobody can answer, say). */
export async function performRequest<Reply, Delivered>(
  engine: Engine,
  request: EngineRequest<Reply>,
  deliver: (result: EngineResult<Reply>) => Delivered,
): Promise<Delivered> {
  const { feature, intentId } = request;
  const { book, feed, requests, runtime } = engine;
  let isOpen = false;
  requests.begin();
  book.hold(intentId, request.isNamed);
  try {
    const waiting = feed.ready(feature.config.name);
    if (waiting !== undefined) await waiting;
    let intent = request.isNew ? book.peek(intentId) : await known(engine, intentId);
    if (intent === undefined) {
      if (request.judge !== undefined) throw unknownIntent(intentId);
      intent = openDecided(engine, request);
    }
    // The first request of an intent needs no id of its own, and no other request of it is new.
    const receipt = receiptOf(intent, request.isNew ? intentId : runtime.newId());
    const observation = observationOf(engine, intent, receipt);
    const run = new RequestRun(engine, request, { intent, receipt, observation });
    const exchanged = await (observation === undefined ? run.solve() : observation.run(async () => run.solve()));
    isOpen = 'stream' in exchanged;
    if (!isOpen) observation?.ended(exchanged);
    // The intent is in the ledger before the caller has its reply: an outcome may come from anywhere after that.
    const opening = book.opened(intentId);
    if (opening !== undefined) await opening;
    return deliver({ exchanged, receipt });
  } finally {
    // A stream's request ends with the stream.
    if (!isOpen) book.release(intentId);
    requests.end();
  }
}
/** A store that cannot be read must not break the call: the intent is then decided anew. */
async function known(engine: Engine, intentId: string): Promise<Intent | undefined> {
  try {
    return await engine.book.get(intentId);
  } catch (error) {
    engine.faulted({ where: 'store', intentId, error });
    return undefined;
  }
}
function receiptOf({ id, decided }: Intent, requestId: string): OpenReceipt {
  const { plan, propensity, reason } = decided.decision;
  return { feature: decided.feature, intentId: id, requestId, plan, propensity, reason, attempts: [] };
}
