/** The last answer of each feature in each session: a user's return is evidence about this answer. */
import type { Store } from '../../contracts/store.ts';
import type { SessionState } from '../../core/sessions/session-state.ts';
import { recentlyUsed } from '../../recently-used.ts';

/** Where an answer was given: a session's answers by one feature are kept apart from those by others. */
export interface AnswerPlace {
  readonly session: string;
  readonly feature: string;
}

export interface LastAnswer {
  readonly intentId: string;
  /** End of the reply that the answer came with. */
  readonly atMs: number;
}

export interface LastAnswers {
  /**
   * The last answer at that place, by any process on the store. Rejects where the store cannot be read and this process
   * knows of none.
   */
  last(place: AnswerPlace): Promise<LastAnswer | undefined>;
  /** Keeps an answer unless a later one is known, after all look-ups that were started before. */
  keep(place: AnswerPlace, answer: LastAnswer): Promise<void>;
}

/** Limit on answers that are kept in memory beside the store. */
const MAX_ANSWERS = 20_000;

export function lastAnswers(store: Pick<Store, 'sessions' | 'putSessions'>): LastAnswers {
  const known = recentlyUsed<string, LastAnswer>(MAX_ANSWERS);
  const reading = new Map<string, Promise<LastAnswer | undefined>>();

  async function read(id: string): Promise<LastAnswer | undefined> {
    const own = known.get(id);
    try {
      const [stored] = (await store.sessions?.([id])) ?? [];
      return later(own, stored && answerOf(stored));
    } catch (error) {
      if (own === undefined) throw error;
      return own;
    }
  }

  return {
    async last(place) {
      const id = rowOf(place);
      const found = read(id);
      reading.set(id, found);
      try {
        return await found;
      } finally {
        if (reading.get(id) === found) reading.delete(id);
      }
    },
    async keep(place, answer) {
      const id = rowOf(place);
      known.set(id, later(known.get(id), answer) ?? answer);
      await reading.get(id)?.catch(() => {});
      const last = { tokens: 0, intents: 0, feature: place.feature, ...answer };
      await store.putSessions?.([{ id, last, models: {} }]);
    },
  };
}

/** The id of the row in which an answer is stored, among the sessions: a session's id contains no control character. */
function rowOf({ session, feature }: AnswerPlace): string {
  return `${session}\u001F${feature}`;
}

function answerOf({ last: { intentId, atMs } }: SessionState): LastAnswer | undefined {
  return intentId === undefined ? undefined : { intentId, atMs };
}

function later(one: LastAnswer | undefined, other: LastAnswer | undefined): LastAnswer | undefined {
  if (one === undefined || other === undefined) return one ?? other;
  return one.atMs > other.atMs ? one : other;
}
