/** The options of the handler of outcomes, checked when it is created: no mistake may leave the handler open. */
import type { ArgumentCheck } from '../argument-checks.ts';
import { callback, listOf, optional, text } from '../argument-checks.ts';
import { checkNames, RouterError } from '../errors.ts';

/**
 * What a caller may record: outcomes of `all` features or of the listed ones. `unauthenticated` is answered with 401,
 * `forbidden` and an empty list with 403.
 */
export type OutcomeAccess = 'all' | 'unauthenticated' | 'forbidden' | readonly string[];

interface SharedOutcomeOptions {
  /** The only features whose outcomes are accepted, from any caller. Default: all of the router. */
  readonly features?: readonly string[];
  /** Receives every error that was answered with 500. Default: one line on stderr. */
  readonly onError?: (error: unknown) => void;
}

/** One of `token` and `authorize` is required: a handler without authentication cannot be made. */
export type OutcomeHandlerOptions<Incoming = Request> = SharedOutcomeOptions &
  (
    | {
        /**
         * A secret that the caller sends as `Authorization: Bearer …`: 16 characters or more. Several, so that a new one can be
         * handed out before the old one is withdrawn. Compared in constant time.
         */
        readonly token: string | readonly string[];
        readonly authorize?: undefined;
      }
    | {
        /** Called for every request before its body is read. If it throws or rejects, the answer is a 500. */
        readonly authorize: (request: Incoming) => OutcomeAccess | Promise<OutcomeAccess>;
        readonly token?: undefined;
      }
  );

/** A possible header value, too long to be guessed. */
const TOKEN = /^[\x21-\x7E]{16,512}$/;
const ACCEPTED_TOKEN = 'a secret of 16 to 512 visible ASCII characters, or a list of such';

const someText = listOf('a list of names', text);
const features: ArgumentCheck = (value, path) => {
  someText(value, path);
  if ((value as readonly string[]).length === 0)
    throw new RouterError('invalid-value', 'nothing could be recorded', { path, accepted: 'the name of a feature' });
};

/** @throws RouterError `invalid-value` with the path of the option; a token is never quoted */
export function checkOutcomeOptions<Incoming>(options: OutcomeHandlerOptions<Incoming>, path: string): void {
  checkNames(options, ['token', 'authorize', 'features', 'onError'], path);
  const { token, authorize, onError }: { readonly [name: string]: unknown } = { ...options };
  if ((token === undefined) === (authorize === undefined)) {
    const what = token === undefined ? 'it is missing' : '`authorize` is given too';
    const accepted = `either ${ACCEPTED_TOKEN}, or \`authorize\`: request => 'all', a list of features, or 'unauthenticated'`;
    throw new RouterError('invalid-value', what, { path: `${path}.token`, accepted });
  }
  if (token !== undefined) checkToken(token, `${path}.token`);
  optional(callback)(authorize, `${path}.authorize`);
  optional(callback)(onError, `${path}.onError`);
  optional(features)(options.features, `${path}.features`);
}

function checkToken(token: unknown, path: string): void {
  const tokens: readonly unknown[] = Array.isArray(token) ? token : [token];
  if (tokens.length > 0 && tokens.every(each => typeof each === 'string' && TOKEN.test(each))) return;
  throw new RouterError('invalid-value', 'this token is not accepted', { path, accepted: ACCEPTED_TOKEN });
}
