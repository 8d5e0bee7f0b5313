/** The owner of reasoning: only the model that wrote a part gets it back. */
import type { Api, ContentPart, Owner } from './conversation.ts';
import type { TargetModel } from './translator.ts';

/** Whether reasoning of this owner may go to the model. Unknown properties of an owner count as equal. */
export function owns({ model, endpoint }: TargetModel, api: Api, owner: Owner): boolean {
  return owner.api === api && (owner.model ?? model) === model && (owner.endpoint ?? endpoint) === endpoint;
}

/** A part of a reply with its owner as a later request will name it: a reply may call the model by another name. */
export function ownedBy(part: ContentPart, owner: Owner): ContentPart {
  return part.kind === 'reasoning' && part.owner.api === owner.api ? { ...part, owner } : part;
}
