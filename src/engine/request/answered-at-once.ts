/** The record of a request whose first exchange answered it: one object, where the general path makes several. */
import { AnsweredIntent } from '../../core/ledger/answered-intent.ts';
import type { Verdict } from '../../core/ledger/vocabulary.ts';
import { attemptOf } from '../attempts/attempt.ts';
import type { Answer, CompletedExchange } from '../attempts/exchange.ts';
import type { Engine } from '../engine.ts';
import type { BegunRequest, RoutedRequest } from './routed-request.ts';

export interface AnsweredRequest {
  readonly request: Pick<RoutedRequest, 'feature' | 'intentId'>;
  readonly begun: Pick<BegunRequest, 'decided' | 'model' | 'route'>;
  /** True where the intent is already open in the book. */
  readonly isOpen: boolean;
  readonly startedAtMs: number;
  readonly latencyMs: number;
  readonly result: Omit<CompletedExchange<unknown>, 'reply'>;
  readonly verdict: Verdict | undefined;
}

/** Returns `undefined`, and records nothing, where another caller asked for the intent meanwhile. */
export function recordAnswered(
  { book, owners, runtime, tellUnpriced }: Pick<Engine, 'book' | 'owners' | 'runtime' | 'tellUnpriced'>,
  { request, begun, isOpen, startedAtMs, latencyMs, result, verdict }: AnsweredRequest,
): AnsweredIntent | undefined {
  const { feature, intentId } = request;
  const { decided, model, route } = begun;
  const place = { kind: 'first', requestId: intentId, turn: 1, model, node: route.start } as const;
  const attempt = attemptOf({ ...place, startedAtMs, latencyMs, result }, parts =>
    tellUnpriced(parts, { model: model.name, feature: feature.config.name, intentId }),
  );
  if (verdict !== undefined) attempt.verdict = verdict;
  const answered = new AnsweredIntent(decided, attempt, runtime.nowMs());
  if (!book.answered(answered, isOpen)) return undefined;
  const { keys, id }: Answer = result.answer;
  if (keys !== undefined && id !== undefined) owners.keep([id, ...keys], model.name);
  return answered;
}
