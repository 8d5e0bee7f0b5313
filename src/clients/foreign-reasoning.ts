/**
 * Removes another vendor's reasoning, which clients send back in our envelope, from requests to the client's own vendor,
 * which would refuse it.
 */
import type { RequestFacts, Wire } from '../contracts/wire.ts';
import type { Api } from '../translate/neutral/conversation.ts';
import type { Finding, Translator, WithoutEnvelopes } from '../translate/neutral/translator.ts';
import { translatorOf } from '../translate/translate.ts';
import { countingWire } from './count-call.ts';
import { withoutContentLength } from './endpoint.ts';
import type { HttpRequest } from './http-request.ts';
import type { ReadRequest } from './request-text.ts';

/** The body in a form that its own vendor accepts. */
function withoutForeignReasoning({ name }: Pick<Wire, 'name'>, body: string): WithoutEnvelopes {
  // A wire that the application defines has no translator.
  const translator = translatorOf(name as Api) as Translator | undefined;
  return translator?.withoutEnvelopes?.(body) ?? { text: body, taken: [] };
}

/** A routed request in a form that its own vendor accepts, with its facts, and the findings about what was removed. */
export function nativeRequest<Request extends Pick<HttpRequest, 'wire' | 'body' | 'facts'>>(
  request: Request,
): { readonly request: Request; readonly lost: readonly Finding[] } {
  const { wire } = request;
  const { text, taken } = withoutForeignReasoning(wire, request.body);
  if (taken.length === 0) return { request, lost: [] };
  const reason = 'only the model that reasoned can go on from it';
  return {
    request: { ...request, body: text, facts: wire.read(text, '') as RequestFacts },
    lost: taken.map(path => ({ path, mark: 'preference', reason })),
  };
}

/** The `init` with which a call that is not routed is sent. */
export function unroutedInit(
  wires: readonly Wire[],
  { url, read }: { readonly url: string; readonly read: ReadRequest },
): RequestInit | undefined {
  const wire = wires.find(candidate => candidate.matches(url)) ?? countingWire(wires, url);
  const body = wire === undefined ? read.body : withoutForeignReasoning(wire, read.body).text;
  return body === read.body ? read.own : { ...withoutContentLength(read.init), body };
}
