/** One request: decide → send (with retries) → verdict → climb or finish → ledger. Plain calls, streams and `run` share it. */
import { isIntentRemoved } from '../../contracts/archiving.ts';
import type { ResolvedFeature } from '../../config/resolved.ts';
import type { Intent } from '../../core/ledger/records.ts';
import type { Exchanged, FailedExchange } from '../attempts/exchange.ts';
import type { Engine } from '../engine.ts';
import type { ReceiptDraft } from '../state/receipts.ts';
import { newReceipt } from '../state/receipts.ts';
import { isAlarmed } from './alarm.ts';
import { decideAndStore } from './decide.ts';
import { callObservation } from './observation.ts';
import { requireFeature, unknownIntent, withdrawal } from './outcomes.ts';
import { RequestRun } from './request-run.ts';
import { noteReturn } from './returns.ts';
import type { RoutedRequest } from './routed-request.ts';
import { isStraight, performStraight } from './straight.ts';

/**
 * Resolves to the reply for the caller. Its receipt can be found from then on.
 *
 * Rejects with the error of the last exchange where no exchange brought a reply (a reset connection, an abort).
 * @throws RouterError for misuse, such as a request that no candidate can serve
 */
export function performRequest<Reply extends object>(engine: Engine, request: RoutedRequest<Reply>): Promise<Reply> {
  return isStraight(engine, request) ? performStraight(engine, request, performFully) : performFully(engine, request);
}

async function performFully<Reply extends object>(engine: Engine, given: RoutedRequest<Reply>): Promise<Reply> {
  const { feature, intentId } = given;
  const { book, feed, requests, runtime } = engine;
  let isStreaming = false;
  requests.begin();
  book.hold(intentId, given.isNamed);
  try {
    const { boundTo } = given;
    const request =
      boundTo === undefined ? given : { ...given, boundTo: { ...boundTo, model: await boundModel(engine, given) } };
    const loading = feed.ready(feature.config.name);
    if (loading !== undefined) await loading;
    const session = feature.config.sessionCosts === false ? undefined : request.options.session;
    const isDecided = session === undefined || book.peek(intentId) !== undefined;
    const knowing = isDecided ? undefined : engine.sessions.ready(session);
    if (knowing !== undefined) await knowing;
    const judging = feature.config.hasVerdict && request.judge === undefined ? engine.verdicts.ready() : undefined;
    if (judging !== undefined) await judging;
    let intent = request.isNew ? book.peek(intentId) : await readIntent(engine, intentId, feature.config);
    if (intent === undefined) {
      if (request.judge !== undefined) throw unknownIntent(intentId);
      intent = decideAndStore(engine, request);
    }
    requireFeature(intent, feature.config.name);
    if (request.judge === undefined) noteReturn(engine, feature.config, intent);
    if (request.judge === undefined && !request.isNew)
      book.add(intentId, known => withdrawal(feature.config, known, runtime.nowMs()));
    // The id of a new intent also identifies its first request: no second id is generated for it.
    const receipt = newReceipt(intent.decided, request.isNew ? intentId : runtime.newId(), request.translated);
    const observation = callObservation(engine, intent, receipt);
    const alarmed =
      feature.config.hasAlarms && (await isAlarmed(request, intent)) ? { ...request, isAlarmed: true } : request;
    const run = new RequestRun(engine, alarmed, { intent, receipt, observation });
    const exchanged = await (observation === undefined ? run.perform() : observation.run(async () => run.perform()));
    isStreaming = 'stream' in exchanged;
    if (!isStreaming) observation?.ended(exchanged);
    // The intent is in the ledger before the caller has its reply: any process may record an outcome after that. The
    // same holds for a reply that later requests of any process may continue.
    const isContinuable = 'answer' in exchanged && exchanged.answer?.keys !== undefined;
    const storing = book.whenStored(intentId, isContinuable ? 'all' : 'decision');
    if (storing !== undefined) await storing;
    return deliver(engine, exchanged, receipt);
  } finally {
    // A streamed request holds its intent until the stream ends.
    if (!isStreaming) book.release(intentId);
    requests.end();
  }
}

/**
 * The model that must answer: the owner of the replies that the request continues, else the one that the request itself
 * shows.
 */
async function boundModel(
  { owners }: Pick<Engine, 'owners'>,
  { feature, boundTo }: Pick<RoutedRequest, 'feature' | 'boundTo'>,
): Promise<string | undefined> {
  const known = await owners.of(boundTo?.keys ?? []);
  const shown = boundTo?.model;
  return shown === undefined || feature.models.has(known ?? '') ? known : shown;
}

/**
 * A store that cannot be read must not break the call: the intent then gets a new decision. A session goes from process to process, so
 * this process's copy may be outdated.
 * @throws RouterError `intent-removed`: nothing about this id can be counted any more
 */
async function readIntent(
  { book, faulted }: Pick<Engine, 'book' | 'faulted'>,
  intentId: string,
  { countsSessions }: Pick<ResolvedFeature, 'countsSessions'>,
): Promise<Intent | undefined> {
  try {
    return await (countsSessions ? book.latest(intentId) : book.get(intentId));
  } catch (error) {
    if (isIntentRemoved(error)) throw error;
    faulted({ where: 'store', intentId, error });
    return undefined;
  }
}

/** @throws the error of an exchange that brought no reply */
function deliver<Reply extends object>(
  { receipts }: Pick<Engine, 'receipts'>,
  exchanged: Exchanged<Reply>,
  receipt: ReceiptDraft,
): Reply {
  const { reply } = exchanged;
  receipts.keep(reply, 'answer' in exchanged ? exchanged.answer?.id : undefined, receipt);
  if (reply === undefined) throw (exchanged as FailedExchange<Reply>).error;
  return reply;
}
