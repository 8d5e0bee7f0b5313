/** Sends what takes the place of a reply: an error, a page of a proxy, a reset, or nothing. */
import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { FakeApi } from './fake-api.ts';
import type { InReply } from './fake-coats.ts';
import type { FakeDelivery } from './fake-delivery.ts';
import { deliveredHeaders, encodedBody } from './fake-delivery.ts';
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
  return fault.coat === 'event' || fault.coat === 'reply' ? [error, fault] : undefined;
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
export async function sendFault(call: ModelCall, request: IncomingMessage): Promise<boolean> {
  const { entry, response, delivery } = call;
  const { fault } = entry;
  if (fault?.kind === 'html') {
    entry.status = fault.status;
    const head = deliveredHeaders({ 'content-type': 'text/html' }, delivery);
    const page = await encodedBody('<html><h1>Bad gateway</h1></html>', delivery.encoding);
    response.writeHead(fault.status, head).end(page);
    await closed(response);
  } else if (fault?.kind === 'reset') {
    request.socket.resetAndDestroy();
  } else if (fault?.kind === 'silent') {
    await closed(response);
  } else {
    const error = failureOf(call) === undefined ? errorOf(call) : undefined;
    if (error === undefined) return false;
    await refuse(call, isError(fault) && fault.coat === 'json' ? { ...error, status: 200 } : error);
  }
  return true;
}

export async function refuse({ entry, response, headers, delivery }: ModelCall, error: ProviderError): Promise<void> {
  entry.status = error.status;
  await answerJson(response, { ...error, headers, delivery });
}

export function retryAfterHeaders(retryAfter: RetryAfter | undefined, nowMs: number): Readonly<Record<string, string>> {
  if (retryAfter === undefined) return {};
  if ('seconds' in retryAfter) return { 'retry-after': String(retryAfter.seconds) };
  if ('ms' in retryAfter) return { 'retry-after-ms': String(retryAfter.ms) };
  if ('text' in retryAfter) return { 'retry-after': retryAfter.text };
  return { 'retry-after': new Date(nowMs + retryAfter.dateInMs).toUTCString() };
}

export async function closed(response: ServerResponse): Promise<void> {
  if (!response.closed) await once(response, 'close');
}

interface JsonAnswer {
  readonly status: number;
  readonly body: unknown;
  readonly headers: Readonly<Record<string, string>>;
  readonly delivery: FakeDelivery;
}

export async function answerJson(
  response: ServerResponse,
  { status, body, headers, delivery }: JsonAnswer,
): Promise<void> {
  const head = deliveredHeaders({ 'content-type': 'application/json', ...headers }, delivery);
  response.writeHead(status, head).end(await encodedBody(JSON.stringify(body), delivery.encoding));
  await closed(response);
}
