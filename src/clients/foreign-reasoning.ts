/** Keeps reasoning of another vendor, which clients send back in our envelope, from the client's own vendor: it would refuse it. */
import type { Wire } from '../contracts/wire.ts';
import type { Api } from '../translate/neutral/conversation.ts';
import type { Translator } from '../translate/neutral/translator.ts';
import { translatorOf } from '../translate/translate.ts';
import { withoutContentLength } from './endpoint.ts';
import type { ReadRequest } from './request-text.ts';

/** A body as its own vendor takes it. */
export function withoutForeignReasoning({ name }: Pick<Wire, 'name'>, body: string): string {
  // An application's own wire has no translator.
  const translator = translatorOf(name as Api) as Translator | undefined;
  return translator?.withoutEnvelopes?.(body) ?? body;
}

/** What is sent of a call that is not routed. */
export function unroutedInit(
  wires: readonly Wire[],
  { url, read }: { readonly url: string; readonly read: ReadRequest },
): RequestInit | undefined {
  const wire = wires.find(candidate => candidate.matches(url));
  const body = wire === undefined ? read.body : withoutForeignReasoning(wire, read.body);
  return body === read.body ? read.own : { ...withoutContentLength(read.init), body };
}
