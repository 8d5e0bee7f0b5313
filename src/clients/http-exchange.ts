/** One HTTP exchange with one model: sends the request and classifies the reply or the error. */
import { isRetryableHttpStatus } from '../core/ledger/attempt-status.ts';
import type { Exchange, Exchanged } from '../engine/attempts/exchange.ts';
import { retryAfterMs } from '../engine/attempts/retry-after.ts';
import { parseJson } from '../wires/json-fields.ts';
import type { HttpRequest, SentRequest } from './http-request.ts';
import { addressed, faultStatus, requestIdOf } from './http-request.ts';
import { streamedReply } from './http-stream.ts';
import { answerOf, estimatedAnswer, FREE_ANSWER } from './reply-answer.ts';
import { withText } from './reply-response.ts';

export function httpExchange(request: HttpRequest): Exchange<Response> {
  return async (model, signal) => {
    const transform = request.transforms.of(model);
    const prepared = request.wire.prepare(request.body, request.facts, model.providerModel, transform);
    const init: RequestInit = { ...request.init, body: prepared.body };
    if (signal !== undefined) init.signal = signal;
    const sent: SentRequest = { request, signal, requestChars: prepared.body.length, model, transform };
    let url: string;
    try {
      url = addressed(model, request, init);
    } catch (error) {
      // The application's own `headers()` threw: a retry at this model would throw again.
      return { status: 'rejected-request', error };
    }
    let response: Response;
    try {
      response = await request.fetch(url, init);
    } catch (error) {
      return { status: faultStatus(sent, error), error };
    }
    if (!response.ok) return errorReply(sent, response);
    const type = response.headers.get('content-type') ?? '';
    if (type.includes('text/event-stream') && response.body !== null) {
      const { hidesUsageChunk } = prepared;
      return streamedReply(sent, response, request.wire.reader({ hidesUsageChunk, wantsText: request.wantsText }));
    }
    let text: string;
    try {
      text = await response.text();
    } catch (error) {
      return brokenReply(sent, response, error);
    }
    return plainReply(sent, response, { text, type });
  };
}

async function errorReply(sent: SentRequest, response: Response): Promise<Exchanged<Response>> {
  const { request } = sent;
  const httpStatus = response.status;
  const providerRequestId = requestIdOf(response);
  if (isRetryableHttpStatus(httpStatus)) {
    const wait = retryAfterMs(response.headers, request.runtime.nowMs());
    const discard = (): void => void response.body?.cancel().catch(() => {});
    return { status: 'provider-fault', httpStatus, providerRequestId, reply: response, retryAfterMs: wait, discard };
  }
  if (httpStatus !== 400) return { status: 'rejected-request', httpStatus, providerRequestId, reply: response };
  try {
    const text = await response.text();
    const refusal = request.wire.readError(parseJson(text), httpStatus);
    const lesson = refusal === undefined ? undefined : request.transforms.learn(sent, refusal);
    const status = lesson === 'unable' ? 'refused' : 'rejected-request';
    const isRewritten = lesson === 'resend';
    return { status, httpStatus, providerRequestId, refusal, reply: withText(response, text), isRewritten };
  } catch (error) {
    return { status: 'connection', httpStatus, providerRequestId, error };
  }
}

/** The body broke off: its `content-length` is the only hint at how much the model wrote. */
function brokenReply(sent: SentRequest, response: Response, error: unknown): Exchanged<Response> {
  const status = faultStatus(sent, error);
  return {
    status: status === 'connection' ? 'broken' : status,
    httpStatus: response.status,
    providerRequestId: requestIdOf(response),
    error,
    answer: estimatedAnswer(sent, Number(response.headers.get('content-length') ?? 0)),
  };
}

function plainReply(
  sent: SentRequest,
  response: Response,
  { text, type }: { readonly text: string; readonly type: string },
): Exchanged<Response> {
  const httpStatus = response.status;
  const providerRequestId = requestIdOf(response);
  const reply = withText(response, text);
  // A proxy's HTML page is passed through unchanged and costs nothing.
  if (!type.includes('json')) return { status: 'ok', httpStatus, providerRequestId, reply, answer: FREE_ANSWER };
  const facts = sent.request.wire.reply(parseJson(text));
  if (facts === undefined)
    return { status: 'broken', httpStatus, providerRequestId, reply, answer: estimatedAnswer(sent, text.length) };
  return { status: 'ok', httpStatus, providerRequestId, reply, answer: answerOf(sent, facts, facts.text.length) };
}
