/** Classifies an error thrown in a function of `router.run`: the provider's fault, its refusal, or a mistake of the function. */
import type { ReplyError } from '../contracts/wire.ts';
import { isRetryableHttpStatus } from '../core/ledger/attempt-status.ts';
import type { FailedExchange } from '../engine/attempts/exchange.ts';
import { retryAfterMs } from '../engine/attempts/retry-after.ts';
import { RouterError } from '../errors.ts';
import { field } from '../wires/json-fields.ts';
import { readReplyError } from '../wires/reply-error.ts';

/** SDK errors have a status, network errors a known name or code; any other error is a mistake of the function itself. */
export function thrownFailure(error: unknown, nowMs: number): FailedExchange<never> {
  if (typeof error !== 'object' || error === null || RouterError.isInstance(error))
    return { status: 'rejected-request', error };
  const { status: httpStatus, headers } = error as { readonly status?: unknown; readonly headers?: unknown };
  if (typeof httpStatus === 'number') {
    const refusal = reportedError(error, httpStatus);
    if (refusal !== undefined && refusal.about !== 'fault' && refusal.about !== 'request')
      return { status: 'refused', error, httpStatus, refusal };
    if (!isRetryableHttpStatus(httpStatus)) return { status: 'rejected-request', error, httpStatus };
    const wait = headers instanceof Headers ? retryAfterMs(headers, nowMs) : undefined;
    return { status: 'provider-fault', error, httpStatus, retryAfterMs: wait };
  }
  if (isNamed(error, TIMEOUTS)) return { status: 'timeout', error };
  return { status: isNamed(error, DISCONNECTIONS) || isNetwork(error) ? 'connection' : 'rejected-request', error };
}

/**
 * The error that the body of an SDK's error reports. The status alone says nothing about an account or a model: a
 * function may call other services, and their 401 or 404 must not open the circuit of a model.
 */
function reportedError(error: object, httpStatus: number): ReplyError | undefined {
  const body = field(error, 'error');
  if (!(body instanceof Object)) return undefined;
  const json = field(body, 'error') instanceof Object ? body : { error: body };
  return readReplyError(json, isRetryableHttpStatus(httpStatus) ? httpStatus : 400);
}

/** Error names of the platform and the SDKs. These errors have no status; some SDKs only set the class's name. */
const TIMEOUTS: readonly string[] = ['TimeoutError', 'APIConnectionTimeoutError'];
const DISCONNECTIONS: readonly string[] = ['APIConnectionError'];

function isNamed(error: object, names: readonly string[]): boolean {
  const { name } = error as { readonly name?: unknown };
  return (
    names.includes(String(name)) ||
    names.includes((error.constructor as { readonly name?: string } | undefined)?.name ?? '')
  );
}

const NETWORK_CODE =
  /^(?:ECONN(?:REFUSED|RESET|ABORTED)|EPIPE|EPROTO|ETIMEDOUT|ENOTFOUND|EAI_AGAIN|E(?:HOST|NET)(?:UNREACH|DOWN)|UND_ERR_\w+)$/;

/** Longest chain of causes that is searched, because a chain may be circular. */
const MAX_CAUSES = 4;

/** True for an error with a network code, its own or that of one of its causes. */
function isNetwork(error: unknown, depth = 0): boolean {
  if (typeof error !== 'object' || error === null || depth > MAX_CAUSES) return false;
  const { code, cause } = error as { readonly code?: unknown; readonly cause?: unknown };
  return (typeof code === 'string' && NETWORK_CODE.test(code)) || isNetwork(cause, depth + 1);
}
