/** What a client reads where no candidate can take its request: a refusal in the words of its own vendor. Loaded with the first. */
import type { RequestFacts, Wire } from '../contracts/wire.ts';
import type { RouterError } from '../errors.ts';
import { clientError } from '../translate/errors.ts';
import type { Api } from '../translate/neutral/conversation.ts';
import { forgottenReply } from './forgotten-reply.ts';

export interface RefusedCall {
  /** The wire of the client's API. */
  readonly wire: Wire;
  readonly facts: RequestFacts;
}

/** @param error it says what stands in the way of each candidate */
export function refusedCall({ wire, facts }: RefusedCall, { message, code }: RouterError): Response {
  const forgotten = forgottenReply(wire, facts);
  const refused = (): string => clientError(wire.name as Api, { type: 'invalid_request_error', message, code });
  return new Response(forgotten ?? refused(), {
    status: forgotten === undefined ? 400 : 404,
    headers: { 'content-type': 'application/json', 'x-should-retry': 'false' },
  });
}
