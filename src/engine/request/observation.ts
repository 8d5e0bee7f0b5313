/** One request as observers follow it: from its decision to the reply, or to the end of the stream. */
import type { Intent } from '../../core/ledger/records.ts';
import type { RequestObservation } from '../../observers/observed-request.ts';
import { observeRequest } from '../../observers/observed-request.ts';
import type { RequestStart } from '../../contracts/observer.ts';
import type { Engine } from '../engine.ts';
import type { Exchanged } from '../attempts/exchange.ts';
import type { ReceiptDraft } from '../state/receipts.ts';

export interface CallObservation {
  run<Value>(call: () => Value): Value;
  ended(exchanged: Pick<Exchanged<unknown>, 'status'> & { readonly error?: unknown }): void;
}

/** `undefined` when no observer follows requests. */
export function callObservation(
  engine: Pick<Engine, 'config' | 'observers' | 'runtime' | 'faulted'>,
  intent: Intent,
  receipt: ReceiptDraft,
): CallObservation | undefined {
  const { config, observers, runtime } = engine;
  if (observers.length === 0) return undefined;
  const { decided, id } = intent;
  const start: { -readonly [Key in keyof RequestStart]: RequestStart[Key] } = {
    feature: decided.feature,
    intentId: id,
    requestId: receipt.requestId,
    startedAtMs: runtime.nowMs(),
    providerOf: model => config.models.get(model)?.provider,
  };
  if (decided.session !== undefined) start.session = decided.session;
  const observed: RequestObservation | undefined = observeRequest(observers, start, error =>
    engine.faulted({ where: 'observer', intentId: id, error }),
  );
  if (observed === undefined) return undefined;
  return {
    run: call => observed.run(call),
    ended({ status, error }) {
      const { attempts } = receipt;
      const answeredBy = attempts.findLast(attempt => attempt.status === 'ok' && attempt.kind !== 'judge')?.model;
      observed.ended({
        endedAtMs: runtime.nowMs(),
        decided,
        attempts: [...attempts],
        ...(status === 'ok' && answeredBy !== undefined ? { answeredBy } : {}),
        ...(error === undefined ? {} : { error }),
      });
    },
  };
}
