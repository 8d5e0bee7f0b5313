/** The result of an exchange without a reply, or with an error status. */
import { isRetryableHttpStatus } from '../core/ledger/attempt-status.ts';
import type { Exchanged } from '../engine/attempts/exchange.ts';
import { parseJson } from '../wires/json-fields.ts';
import type { BodySource } from './body-source.ts';
import { bodySource, decoded } from './body-source.ts';
import type { SentRequest } from './http-request.ts';
import { exchangeFacts, faultStatus } from './http-request.ts';
import { billedAnswer, estimatedAnswer } from './reply-answer.ts';
import type { Failure } from './reply-failure.ts';
import { reportedFailure } from './reply-failure.ts';
import { restOf, withText } from './reply-response.ts';

/**
 * The failure of a request without a reply. It counts as free only where the provider cannot have charged anything,
 * because no connection was made. A request that was sent and then aborted, timed out or cut off may have been processed,
 * so its input is estimated.
 */
export function unanswered(sent: SentRequest, error: unknown): Failure {
  const status = faultStatus(sent, error);
  return isUnsent(error) ? { status, error } : { status, error, answer: estimatedAnswer(sent, { replyChars: 0 }) };
}

/**
 * Signs that a connection was never made, or a request never written: codes of Node, undici and OpenSSL, system calls, and the
 * messages of `fetch` for an address that it refuses.
 */
const UNSENT =
  /^(?:ECONNREFUSED|ENOTFOUND|EAI_\w+|E(?:HOST|NET)(?:UNREACH|DOWN)|EADDRNOTAVAIL|UND_ERR_(?:CONNECT_TIMEOUT|INVALID_ARG|NOT_SUPPORTED)|ERR_(?:INVALID_\w+|TLS_\w+|SSL_\w+)|EPROTO|CERT_\w+|\w+_CERT(?:_\w+)?|UNABLE_TO_\w+|connect|getaddrinfo|bad port)$|\bscheme\b|includes credentials/;

/** Longest chain of causes that is searched, because a chain may be circular. */
const MAX_CAUSES = 4;

function isUnsent(error: unknown, depth = 0): boolean {
  if (typeof error !== 'object' || error === null || depth > MAX_CAUSES) return false;
  const { code, syscall, message, cause } = error as Readonly<Record<string, unknown>>;
  const isReason = (said: unknown): boolean => typeof said === 'string' && UNSENT.test(said);
  return [code, syscall, message].some(isReason) || isUnsent(cause, depth + 1);
}

/** Limits on reading the body of an error, whose code may say more than its status. A body beyond them is passed on unread. */
const MAX_ERROR_MS = 1_000;
const MAX_ERROR_BYTES = 65_536;

/** The result of a reply with the status of an error. */
export async function errorReply(sent: SentRequest, response: Response): Promise<Exchanged<Response>> {
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
    if (text !== undefined) return { ...failure, reply: withText(response, text), answer: billedAnswer(sent, json) };
    return { ...failure, ...restOf(response, source) };
  } catch (error) {
    const status = faultStatus(sent, error);
    // A status that says "try again" is enough. For any other status, the body says what it means.
    if (status === 'aborted' || !isRetryableHttpStatus(httpStatus))
      return { ...exchangeFacts(response), status, error };
    return { ...reportedFailure(sent, response, wire.readError(undefined, httpStatus)), reply: withText(response, '') };
  } finally {
    stopTimer();
  }
}

/**
 * The text of the whole body; `undefined` when it is too long or late. The part that was read by then stays with the source.
 */
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
