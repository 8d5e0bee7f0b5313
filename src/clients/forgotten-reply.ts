/** The error for a request that continues a reply which its vendor should have stored, but which another vendor wrote. */
import type { RequestFacts, Wire } from '../contracts/wire.ts';
import { clientError } from '../translate/errors.ts';
import type { Api } from '../translate/neutral/conversation.ts';

/** The ids of translated replies, and of their items, that a later request can name. */
const TRANSLATED = /^(?:msg|resp|rs|fc|ctc)_or_/;

/**
 * The body of a 404; `undefined` for a request that names no translated reply. Anthropic's client sends the whole conversation
 * when it reads this, and the message tells any other client to do so.
 */
export function forgottenReply(wire: Wire, { bound }: RequestFacts): string | undefined {
  const id = bound?.keys?.find(key => TRANSLATED.test(key));
  if (id === undefined) return undefined;
  const message = `The reply ${id} was written by another vendor, and is kept by none: send the whole conversation.`;
  if (wire.provider === 'anthropic') {
    const error = { type: 'not_found_error', message, details: { error_code: 'thread_not_found' } };
    return JSON.stringify({ type: 'error', error, request_id: null });
  }
  const type = 'invalid_request_error';
  const named = id.startsWith('resp_')
    ? { param: 'previous_response_id', code: 'previous_response_not_found' }
    : { param: 'input', code: 'item_not_found' };
  return clientError(wire.name as Api, { type, message, ...named });
}
