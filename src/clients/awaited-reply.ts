/** Recognizes requests that retrieve a reply, and finds out whether that reply was unfinished when the request that produced it ended. */
import type { Wire } from '../contracts/wire.ts';
import { isPending } from '../core/ledger/vocabulary.ts';
import type { Engine } from '../engine/engine.ts';

/** A reply that a request retrieves, streamed or not, cancels or deletes, or whose input it lists. */
export interface Retrieval {
  readonly id: string;
  readonly wire: Wire;
}

/** The API's URL, followed by the id of a reply. */
const REPLY_URL = /^([^?#]*?)\/([^/?#]+)(?:\/(?:cancel|input_items))?(?:[?#]|$)/;

/** `undefined` for any other request. */
export function retrievalOf(wires: readonly Wire[], url: string): Retrieval | undefined {
  const [, api = '', id = ''] = REPLY_URL.exec(url) ?? [];
  const wire = wires.find(candidate => candidate.matches(api));
  return wire === undefined ? undefined : { id: decoded(id), wire };
}

/** The id as the provider wrote it; an id that is not well encoded is returned unchanged. */
function decoded(id: string): string {
  try {
    return decodeURIComponent(id);
  } catch {
    return id;
  }
}

/** True for a background response that is not known to be finished. */
export function isAwaited({ owners, receipts }: Pick<Engine, 'owners' | 'receipts'>, id: string): boolean {
  return receipts.byReplyId(id)?.attempts.some(isPending) ?? owners.mayAwait(id);
}
