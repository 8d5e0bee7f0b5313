/** Brings what a running router has learned of a feature up to date, for an answer about its next decision. */
import type { Engine } from '../engine/engine.ts';

/**
 * Reads what other processes have written by now. A store that only this process uses has no such changes: there, another read would only
 * make the policy sample again. While the store cannot be read, the answer is from memory.
 */
export async function upToDate({ feed, store }: Pick<Engine, 'feed' | 'store'>, feature: string): Promise<void> {
  await (store.isPrivate === true ? feed.ready(feature) : feed.refresh(feature).catch(() => {}));
}
