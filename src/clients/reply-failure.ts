/** Classifies exchanges that failed, in the same way for an HTTP status, JSON in a 200 and an event of a stream. */
import type { ReplyError, StreamReader } from '../contracts/wire.ts';
import type { FailedExchange } from '../engine/attempts/exchange.ts';
import { retryAfterMs } from '../engine/attempts/retry-after.ts';
import { RouterError } from '../errors.ts';
import { parseJson } from '../wires/json-fields.ts';
import type { ReplyHead, SentRequest } from './http-request.ts';
import { exchangeFacts } from './http-request.ts';
import { billedAnswer, estimatedAnswer, reportedAnswer, streamAnswer, writtenChars } from './reply-answer.ts';

export type Failure = Omit<FailedExchange<Response>, 'reply'>;

/**
 * The failure that a provider reports. `x-should-retry`, which both vendors' clients follow too, outranks the status; a
 * refused account or model is the same at every retry.
 *
 * @param error absent for a status that no wire knows as an error: a redirect that was not followed is the endpoint's fault
 */
export function reportedFailure(sent: SentRequest, head: ReplyHead, error: ReplyError | undefined): Failure {
  const { headers } = head;
  const { request } = sent;
  const facts = { ...exchangeFacts(head), refusal: error };
  if (error === undefined && head.status < 400)
    return { ...facts, refusal: { about: 'fault' }, status: 'provider-fault', noRetry: true };
  const shouldRetry = headers.get('x-should-retry');
  const lesson = error === undefined || error.about === 'fault' ? undefined : request.transforms.learn(sent, error);
  if (lesson === 'resend') return { ...facts, status: 'rejected-request', isRewritten: true };
  if (error?.about === 'fault' || (error?.about === 'request' && shouldRetry === 'true')) {
    const wait = retryAfterMs(headers, request.runtime.nowMs());
    const refusal: ReplyError = { ...error, about: 'fault' };
    return { ...facts, refusal, status: 'provider-fault', retryAfterMs: wait, noRetry: shouldRetry === 'false' };
  }
  const isRefusal = lesson === 'unable' || (error !== undefined && error.about !== 'request');
  return { ...facts, status: isRefusal ? 'refused' : 'rejected-request' };
}

/** The failure that an event of a stream reports. If it comes before any output, it is treated like a reply with that HTTP status. */
export function streamFailure(sent: SentRequest, head: ReplyHead, reader: StreamReader): Failure {
  const failure = reportedFailure(sent, head, reader.error);
  const facts = reader.facts();
  // Input reported before the error and any output are billed; where no error was reported, everything is billed.
  const hasBegun = facts.partialUsage !== undefined || reader.error?.isUnreadable === true;
  if (reader.phase === 'output' || (hasBegun && failure.status === 'provider-fault'))
    return { ...failure, status: 'broken', isRewritten: false, answer: streamAnswer(sent, reader) };
  return { ...failure, answer: hasBegun ? streamAnswer(sent, reader) : reportedAnswer(sent, facts) };
}

/** A 2xx that is not a reply of its API, with its body. It is worth a retry only if it is a JSON text that was cut off. */
export function unreadable(sent: SentRequest, head: ReplyHead, text: string): Failure {
  const { model, request } = sent;
  const type = /^[\w.+/-]*/.exec(head.headers.get('content-type') ?? '')?.[0];
  const replyChars = writtenChars(text);
  const json = parseJson(text);
  const what = `${head.status} ${type === '' ? 'without a content type' : type}`;
  return {
    ...exchangeFacts(head),
    status: 'broken',
    noRetry: replyChars === 0 || json !== undefined,
    answer: billedAnswer(sent, json) ?? estimatedAnswer(sent, { replyChars }),
    unreadable: new RouterError(
      'invalid-data',
      `"${model.name}" answered with no ${request.wire.name} reply: ${what}`,
      {
        path: `models.${model.name}`,
        accepted: 'an endpoint that speaks this API',
      },
    ),
  };
}
