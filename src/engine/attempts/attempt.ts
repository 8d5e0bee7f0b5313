/** The record of one exchange that has ended: its usage, its cost, and whether the provider reported them. */
import type { ResolvedModel } from '../../config/resolved.ts';
import { storedText } from '../../core/ledger/names.ts';
import type { AttemptKind, NodeKey } from '../../core/ledger/vocabulary.ts';
import type { NewAttempt } from './attempt-cost.ts';
import { addCost } from './attempt-cost.ts';
import type { Answer, Exchanged } from './exchange.ts';

/** An exchange that has ended, with its place in the request. */
export interface EndedExchange {
  readonly kind: AttemptKind;
  readonly requestId: string;
  /** Number of the request within its intent. */
  readonly turn: number;
  readonly model: ResolvedModel;
  readonly node: NodeKey;
  readonly startedAtMs: number;
  readonly latencyMs: number;
  readonly result: Pick<Exchanged<unknown>, 'status' | 'httpStatus' | 'providerRequestId' | 'firstByteMs'> & {
    readonly answer?: Answer | undefined;
  };
}

const NO_USAGE = Object.freeze({});

/** @param tell called with the facts about the price to report to a person: see {@link addCost} */
export function attemptOf(ended: EndedExchange, tell: (parts: readonly string[]) => void): NewAttempt {
  const { kind, requestId, turn, model, node, startedAtMs, latencyMs, result } = ended;
  const { status, httpStatus, providerRequestId, firstByteMs } = result;
  const answer = result.answer && storedAnswer(result.answer);
  const attempt: NewAttempt = {
    kind,
    requestId,
    turn,
    model: model.name,
    node,
    providerModel: model.providerModel,
    startedAtMs,
    latencyMs,
    status,
    usage: answer?.usage ?? NO_USAGE,
    provenance: answer?.provenance ?? 'none',
    costNanoUsd: 0,
  };
  if (model.paramsText !== '') attempt.params = model.paramsText;
  if (answer !== undefined) {
    const { tier, speed, region } = answer;
    const parts = addCost(attempt, answer, model);
    if (parts.length > 0) tell(parts);
    if (answer.model !== undefined) attempt.responseModel = answer.model;
    if (answer.keys !== undefined && answer.keys.length > 0) attempt.replyKeys = answer.keys;
    if (tier !== undefined && tier !== 'standard') attempt.tier = tier;
    if (speed !== undefined && speed !== 'standard') attempt.speed = speed;
    if (region !== undefined) attempt.region = region;
  }
  if (httpStatus !== undefined) attempt.httpStatus = httpStatus;
  if (providerRequestId !== undefined) attempt.providerRequestId = storedText(providerRequestId);
  if (firstByteMs !== undefined) attempt.firstByteMs = firstByteMs;
  return attempt;
}

function isStored(text: string | undefined): boolean {
  return text === undefined || storedText(text) === text;
}

/** Makes the answer storable, whatever a provider writes, so that its reply and its cost are recorded. */
function storedAnswer(answer: Answer): Answer {
  const { model, keys, tier, speed, region, calls } = answer;
  const isCalledOnce = keys === undefined && calls === undefined;
  // Most replies need no change.
  if (isCalledOnce && isStored(model) && isStored(tier) && isStored(speed) && isStored(region)) return answer;
  return {
    ...answer,
    model: model && storedText(model),
    keys: keys?.map(key => storedText(key)),
    tier: tier && storedText(tier),
    speed: speed && storedText(speed),
    region: region && storedText(region),
    calls: calls?.map(call => (call.model === undefined ? call : { ...call, model: storedText(call.model) })),
  };
}
