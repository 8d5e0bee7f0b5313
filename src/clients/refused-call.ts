/** The error for a client whose request no candidate can take, in the form of its own vendor. Loaded with the first one. */
import type { RequestFacts, Wire } from '../contracts/wire.ts';
import { clientApi } from '../engine/state/reach.ts';
import type { RouterError } from '../errors.ts';
import { clientError } from '../translate/errors.ts';
import { forgottenReply } from './forgotten-reply.ts';

export interface RefusedCall {
  /** The wire of the client's API. */
  readonly wire: Wire;
  readonly facts: RequestFacts;
}

/**
 * The response; `undefined` in an API whose errors are not known.
 *
 * @param error states why no candidate can take the request
 */
export function refusedCall({ wire, facts }: RefusedCall, { message, code }: RouterError): Response | undefined {
  const { api } = clientApi(wire);
  if (api === undefined) return undefined;
  const forgotten = forgottenReply(wire, facts);
  const refused = (): string => clientError(api, { type: 'invalid_request_error', message, code });
  return new Response(forgotten ?? refused(), {
    status: forgotten === undefined ? 400 : 404,
    headers: { 'content-type': 'application/json', 'x-should-retry': 'false' },
  });
}
