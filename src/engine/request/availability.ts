/** Tells the circuits how an exchange ended, and the observers when an account or a model was refused. */
import type { ResolvedModel } from '../../config/resolved.ts';
import type { ReplyError } from '../../contracts/wire.ts';
import { isRetryable } from '../../core/ledger/attempt-status.ts';
import type { AttemptStatus } from '../../core/ledger/vocabulary.ts';
import { RouterError } from '../../errors.ts';
import type { Engine } from '../engine.ts';

/** How an exchange ended, or the stream that it began. */
export interface ExchangeEnd {
  readonly status: AttemptStatus;
  readonly httpStatus?: number | undefined;
  readonly refusal?: ReplyError | undefined;
}

/** @returns the circuit that a refusal has opened: no other model behind it is worth asking for this request */
export function reportAvailability(
  { breaker, faulted, runtime }: Pick<Engine, 'breaker' | 'faulted' | 'runtime'>,
  model: ResolvedModel,
  { end, feature, intentId }: { readonly end: ExchangeEnd; readonly feature: string; readonly intentId: string },
): string | undefined {
  const about = end.refusal?.about ?? 'fault';
  if (about === 'account' || about === 'model') {
    const isNew = breaker.refused(model, about, runtime.elapsedMs());
    if (isNew) faulted({ where: 'provider', feature, intentId, error: refusedError(model, about, end) });
    return about === 'account' ? model.account : model.endpoint;
  }
  if (about === 'fault' && isRetryable(end.status)) breaker.failed(model, runtime.elapsedMs());
  else if (end.status !== 'aborted') breaker.succeeded(model);
  return undefined;
}

/** A provider's code is a word. Anything else may be a sentence that quotes the request. */
const CODE = /^[\w.-]{1,64}$/;

function refusedError({ name }: ResolvedModel, about: 'account' | 'model', end: ExchangeEnd): RouterError {
  const code = end.refusal?.code ?? '';
  const said = [end.httpStatus, CODE.test(code) ? code : ''].filter(Boolean).join(' ');
  const what = about === 'account' ? `the account of "${name}"` : `"${name}"`;
  return new RouterError(
    'provider-refused',
    `the provider refuses ${what} (${said}); other candidates are asked instead`,
    {
      path: `models.${name}`,
      accepted: about === 'account' ? 'a valid key, with permission and balance' : 'a model that this account may use',
    },
  );
}
