/** The record of one exchange that has ended: its usage, its cost, and whether the provider reported them. */
import type { ResolvedModel } from '../../config/resolved.ts';
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

/** @param tell called with what a person should know of the price: see {@link addCost} */
export function attemptOf(ended: EndedExchange, tell: (parts: readonly string[]) => void): NewAttempt {
  const { kind, requestId, turn, model, node, startedAtMs, latencyMs, result } = ended;
  const { answer, status, httpStatus, providerRequestId, firstByteMs } = result;
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
  if (providerRequestId !== undefined) attempt.providerRequestId = providerRequestId;
  if (firstByteMs !== undefined) attempt.firstByteMs = firstByteMs;
  return attempt;
}
