/** Decides whether a reply that has arrived in full answers the request. The body counts, not the content type. */
import type { StreamReader } from '../contracts/wire.ts';
import { isPending } from '../core/ledger/vocabulary.ts';
import type { Exchanged } from '../engine/attempts/exchange.ts';
import { parseJson } from '../wires/json-fields.ts';
import type { SentRequest } from './http-request.ts';
import { exchangeFacts } from './http-request.ts';
import { answerOf, billedAnswer, streamAnswer } from './reply-answer.ts';
import { reportedFailure, streamFailure, unreadable } from './reply-failure.ts';
import { withText } from './reply-response.ts';

/** The result of a 2xx with this body. A body that cannot be understood goes to the caller unchanged where no other candidate can answer. */
export function plainReply(sent: SentRequest, response: Response, text: string): Exchanged<Response> {
  const { wire } = sent.request;
  const json = parseJson(text);
  const reply = withText(response, text);
  if (json === undefined) return streamedText(sent, reply, text);
  const error = wire.readError(json, response.status);
  if (error !== undefined)
    return { ...reportedFailure(sent, response, error), reply, answer: billedAnswer(sent, json) };
  const facts = wire.reply(json);
  if (facts === undefined) return { ...unreadable(sent, response, text), reply };
  const chars = facts.usage?.output ? 0 : (wire.replyChars?.(json) ?? facts.text.length);
  return { ...exchangeFacts(response), status: 'ok', reply, answer: answerOf(sent, facts, chars) };
}

/** A stream that answers a plain request, as some gateways do; any other text is not a reply. */
function streamedText(sent: SentRequest, reply: Response, text: string): Exchanged<Response> {
  const reader = sent.request.wire.reader({ hidesUsageChunk: false, wantsText: sent.request.wantsText });
  reader.push(new TextEncoder().encode(text));
  reader.end();
  if (reader.phase === 'waiting' && reader.error === undefined) return { ...unreadable(sent, reply, text), reply };
  return completeStream(sent, reply, reader);
}

/** The result of a stream that was read to its end, or to an error in it. */
export function completeStream(sent: SentRequest, reply: Response, reader: StreamReader): Exchanged<Response> {
  if (reader.error !== undefined) return { ...streamFailure(sent, reply, reader), reply };
  const result = { ...exchangeFacts(reply), reply, answer: streamAnswer(sent, reader) };
  if (reader.done) return { ...result, status: 'ok' };
  // A background reply continues at the provider: if the request were sent again, the reply would be written and billed twice.
  return { ...result, status: 'broken', noRetry: isPending(result.answer) };
}
