/**
 * Finds the candidate that wrote the reasoning which a client sends back in our envelope: the conversation continues with that candidate.
 */
import type { ResolvedModel } from '../config/resolved.ts';
import type { ModelBinding } from '../contracts/wire.ts';
import type { Conversation, ReasoningPart } from '../translate/neutral/conversation.ts';
import { memberOf, textOf } from '../translate/neutral/json-values.ts';
import { owns } from '../translate/neutral/ownership.ts';
import { sealKey } from '../wires/reply-keys.ts';
import { targetModel } from './target-model.ts';

/** The fields of each API that only the model that wrote them can read. */
const SEALS = ['signature', 'data', 'encrypted_content'];

/**
 * Binds a conversation to the candidate of another API that wrote its last sealed reasoning; `undefined` where the client's own vendor
 * wrote it.
 *
 * @returns the binding, with the keys under which that vendor knows the reply, and a candidate that may continue if no store knows these
 * keys
 */
export function reasoningBinding(
  { api, turns }: Conversation,
  candidates: readonly ResolvedModel[],
): (ModelBinding & { readonly model: string | undefined }) | undefined {
  const last = turns
    .flatMap(({ parts }) => parts)
    .findLast(part => part.kind === 'reasoning' && part.sealed.length > 0);
  if (last?.kind !== 'reasoning' || last.owner.api === api) return undefined;
  const writer = candidates.find(
    model => model.apis.includes(last.owner.api) && owns(targetModel(model), last.owner.api, last.owner),
  );
  return { reason: 'sealed reasoning', keys: keysIn(last), model: writer?.name };
}

function keysIn({ sealed }: ReasoningPart): readonly string[] {
  const seals = sealed.flatMap(each => SEALS.map(name => textOf(memberOf(each, name))));
  return seals.flatMap(seal => (seal === undefined || seal === '' ? [] : [sealKey(seal)]));
}
