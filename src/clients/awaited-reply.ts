/** Which requests retrieve a reply that was not finished when the request for it ended: a background response. */
import type { Wire } from '../contracts/wire.ts';
import { isPending } from '../core/ledger/vocabulary.ts';
import type { Engine } from '../engine/engine.ts';

/** A reply that a request retrieves, streamed or not, or cancels. */
export interface Retrieval {
  readonly id: string;
  readonly wire: Wire;
}

/** The API's URL, and under it the id of a reply. */
const REPLY_URL = /^([^?#]*?)\/([^/?#]+)(?:\/cancel)?(?:[?#]|$)/;

/** `undefined` for any other request, and for a reply that is known to be finished. */
export function awaitedReply(
  wires: readonly Wire[],
  { receipts, store }: Pick<Engine, 'receipts' | 'store'>,
  url: string,
): Retrieval | undefined {
  const [, api = '', id = ''] = REPLY_URL.exec(url) ?? [];
  const wire = wires.find(candidate => candidate.matches(api));
  if (wire === undefined) return undefined;
  const attempts = receipts.byReplyId(id)?.attempts;
  // Another process may have the request.
  const isAwaited = attempts === undefined ? store.intentOfReply !== undefined : attempts.some(isPending);
  return isAwaited ? { id, wire } : undefined;
}
