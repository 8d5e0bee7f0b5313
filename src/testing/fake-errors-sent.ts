/** Sends a substitute for a reply: an error, a page of a proxy, a reset, or nothing. */
import type { ServerResponse } from 'node:http';
import type { SeededRandom } from '../core/math/random.ts';
import type { FakeApi } from './fake-api.ts';
import { breakConnection, closed, sendBody, waitFor } from './fake-body.ts';
import type { InReply } from './fake-failed-replies.ts';
import type { FakeDelivery } from './fake-delivery.ts';
import type { ErrorKind, ProviderError } from './fake-errors.ts';
import type { FakeModel } from './fake-model.ts';
import { errorBy, errorOfFault, isError } from './fake-refusals.ts';
import type { FakeFault, RetryAfter } from './faults.ts';
import type { LogEntry } from './request-log.ts';

/** A request to a model that is being answered. */
export interface ModelCall {
  readonly api: FakeApi;
  readonly entry: LogEntry;
  readonly response: ServerResponse;
  readonly headers: Readonly<Record<string, string>>;
  readonly model: FakeModel | undefined;
  readonly delivery: FakeDelivery;
  /** Draws the sizes of chunks. */
  readonly random: SeededRandom;
}

/** The error in the words of the model's vendor. */
export function errorFor({ api, entry, model }: ModelCall, error: ErrorKind, vendor = model?.vendor): ProviderError {
  return errorBy(vendor, api, error, { api: api.name, model: entry.model, requestId: entry.requestId });
}

/** The error that the fault sends in answer to this request. */
function errorOf(call: ModelCall): ProviderError | undefined {
  const { fault } = call.entry;
  const error = isError(fault) ? errorOfFault(fault, call.entry) : undefined;
  return error === undefined || !isError(fault) ? undefined : errorFor(call, error, fault.vendor);
}

/** The error with which the model's own reply fails. */
export function failureOf(call: ModelCall): readonly [ProviderError, InReply] | undefined {
  const { fault } = call.entry;
  const error = errorOf(call);
  if (error === undefined || !isError(fault)) return undefined;
  return fault.sentAs === 'event' || fault.sentAs === 'reply' ? [error, fault] : undefined;
}

export function errorHeaders(fault: FakeFault | undefined, nowMs: number): Readonly<Record<string, string>> {
  if (!isError(fault)) return {};
  const { retryAfter, shouldRetry } = fault;
  return {
    ...retryAfterHeaders(retryAfter, nowMs),
    ...(shouldRetry === undefined ? {} : { 'x-should-retry': String(shouldRetry) }),
  };
}

/** Sends a fault that takes the place of the reply; false when there is none, and the model answers. */
export async function sendFault(call: ModelCall): Promise<boolean> {
  const { entry, response, delivery, random } = call;
  const { fault } = entry;
  if (fault?.kind === 'html') {
    await waitFor(delivery.headersAfterMs ?? 0, response);
    entry.status = fault.status;
    const headers = { 'content-type': 'text/html' };
    await sendBody(response, PAGE, { status: fault.status, headers, delivery, random });
  } else if (fault?.kind === 'reset') {
    breakConnection(response, fault.by ?? 'reset');
    await closed(response);
  } else if (fault?.kind === 'silent') {
    await closed(response);
  } else {
    const error = failureOf(call) === undefined ? errorOf(call) : undefined;
    if (error === undefined) return false;
    await refuse(call, isError(fault) && fault.sentAs === 'json' ? { ...error, status: 200 } : error);
  }
  return true;
}

const PAGE = '<html><h1>Bad gateway</h1></html>';

export async function refuse(call: ModelCall, { status, body }: ProviderError): Promise<void> {
  const { entry, response, delivery, random } = call;
  await waitFor(delivery.headersAfterMs ?? 0, response);
  entry.status = status;
  const headers = { 'content-type': 'application/json', ...call.headers };
  await sendBody(response, JSON.stringify(body), { status, headers, delivery, random });
}

export function retryAfterHeaders(retryAfter: RetryAfter | undefined, nowMs: number): Readonly<Record<string, string>> {
  if (retryAfter === undefined) return {};
  if ('seconds' in retryAfter) return { 'retry-after': String(retryAfter.seconds) };
  if ('ms' in retryAfter) return { 'retry-after-ms': String(retryAfter.ms) };
  if ('text' in retryAfter) return { 'retry-after': retryAfter.text };
  return { 'retry-after': new Date(nowMs + retryAfter.dateInMs).toUTCString() };
}
