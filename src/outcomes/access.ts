/** Decides who may record outcomes: by a shared token, or by the application's own function. */
import type { OutcomeAccess, OutcomeHandlerOptions } from './options.ts';
import type { OutcomeRefusal } from './refusal.ts';
import { refusal } from './refusal.ts';

/** True for a feature whose outcomes the caller may record. */
export type MayRecord = (feature: string) => boolean;

/** Decides about one request; `authorization` is its header. Rejects as the application's function does. */
export type Access<Incoming> = (
  request: Incoming,
  authorization: string | undefined,
) => Promise<MayRecord | OutcomeRefusal>;

export function accessBy<Incoming>({ token, authorize, features }: OutcomeHandlerOptions<Incoming>): Access<Incoming> {
  const byToken = token === undefined ? undefined : tokenCheck(typeof token === 'string' ? [token] : token);
  const accepted = features === undefined ? undefined : new Set(features);

  return async (request, authorization) => {
    const access =
      byToken === undefined ? await authorize?.(request) : (await byToken(authorization)) ? 'all' : 'unauthenticated';
    if (access === 'unauthenticated')
      return refusal(401, 'unauthenticated', 'who you are is missing or wrong: the Authorization header');
    const own = namesOf(access);
    if (own === undefined) return refusal(403, 'forbidden', 'you may not record outcomes here');
    return feature => (own === 'all' || own.has(feature)) && accepted?.has(feature) !== false;
  };
}

/** Anything but `all` or a list of names allows nothing: `true`, or a user object, say. */
function namesOf(access: OutcomeAccess | undefined): 'all' | ReadonlySet<string> | undefined {
  if (access === 'all') return 'all';
  return Array.isArray(access) && access.length > 0 ? new Set<string>(access) : undefined;
}

const BEARER = /^Bearer +([\x21-\x7E]+) *$/i;

/**
 * Compares digests, every byte of them and with every token, so that the time of the answer tells neither how much of a token
 * was right nor how long it is.
 */
function tokenCheck(tokens: readonly string[]): (authorization: string | undefined) => Promise<boolean> {
  let secrets: Promise<readonly Uint8Array[]> | undefined;
  return async authorization => {
    // Hashed at the first request: a Worker may not compute while its module loads.
    secrets ??= Promise.all(tokens.map(digest));
    const given = await digest(BEARER.exec(authorization ?? '')?.[1] ?? '');
    let isKnown = false;
    for (const secret of await secrets) {
      let difference = 0;
      for (const [index, byte] of secret.entries()) difference |= byte ^ (given[index] ?? 0);
      if (difference === 0) isKnown = true;
    }
    return isKnown;
  };
}

async function digest(text: string): Promise<Uint8Array> {
  return new Uint8Array(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text)));
}
