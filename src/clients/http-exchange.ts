/** One HTTP exchange with one model: sends the request and classifies the reply or the error. */
import { isRetryableHttpStatus } from '../core/ledger/attempt-status.ts';
import type { Exchange, Exchanged } from '../engine/attempts/exchange.ts';
import { parseJson } from '../wires/json-fields.ts';
import type { BodySource } from './body-source.ts';
import { bodySource, decoded, readToEnd } from './body-source.ts';
import { plainReply } from './complete-reply.ts';
import type { HttpRequest, SentRequest } from './http-request.ts';
import { addressed, brokenStatus, exchangeFacts, faultStatus } from './http-request.ts';
import { streamedReply } from './http-stream.ts';
import { estimatedAnswer, reportedAnswer, writtenChars } from './reply-answer.ts';
import { reportedFailure, unanswered } from './reply-failure.ts';
import { restOf, withText } from './reply-response.ts';

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
      return unanswered(sent, error);
    }
    if (!response.ok) return errorReply(sent, response);
    // The request and the body say how a reply is read: vendors and proxies spell content types in many ways.
    if (request.facts.stream) {
      const { hidesUsageChunk } = prepared;
      return streamedReply(sent, response, request.wire.reader({ hidesUsageChunk, wantsText: request.wantsText }));
    }
    const source = bodySource(response.body);
    try {
      await readToEnd(source);
    } catch (error) {
      const answer = estimatedAnswer(sent, writtenChars(decoded(source.held)));
      return { ...exchangeFacts(response), status: brokenStatus(sent, error), error, answer };
    }
    return plainReply(sent, response, decoded(source.held));
  };
}

/** Limits on reading the body of an error, whose code may say more than its status. A body beyond them is passed on unread. */
const MAX_ERROR_MS = 1_000;
const MAX_ERROR_BYTES = 65_536;

async function errorReply(sent: SentRequest, response: Response): Promise<Exchanged<Response>> {
  const { runtime, wire } = sent.request;
  const { status: httpStatus } = response;
  const source = bodySource(response.body);
  let stopTimer = (): void => {};
  const late = new Promise<undefined>(resolve => {
    stopTimer = runtime.after(MAX_ERROR_MS, () => resolve(undefined));
  });
  try {
    const text = await textBefore(late, source);
    const json = text === undefined ? undefined : parseJson(text);
    const failure = reportedFailure(sent, response, wire.readError(json, httpStatus));
    if (text !== undefined)
      return { ...failure, reply: withText(response, text), answer: reportedAnswer(sent, wire.reply(json)) };
    return { ...failure, ...restOf(response, source) };
  } catch (error) {
    const status = faultStatus(sent, error);
    // A status that says "try again" is enough. What any other one means is only in its body.
    if (status === 'aborted' || !isRetryableHttpStatus(httpStatus))
      return { ...exchangeFacts(response), status, error };
    return { ...reportedFailure(sent, response, wire.readError(undefined, httpStatus)), reply: withText(response, '') };
  } finally {
    stopTimer();
  }
}

/** The text of the whole body; `undefined` when it is too long or late. What has been read of it stays with the source. */
async function textBefore(late: Promise<undefined>, source: BodySource): Promise<string | undefined> {
  for (let bytes = 0; bytes <= MAX_ERROR_BYTES; ) {
    const chunk = await source.arrived(late);
    if (chunk === undefined) return undefined;
    if (chunk.done) return decoded(source.held);
    source.held.push(chunk.value);
    bytes += chunk.value.length;
  }
  return undefined;
}
