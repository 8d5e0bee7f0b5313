/** How the demo's application learns what became of an intent: at once or late, once or corrected, or never. */
import type { SeededRandom } from '../core/math/random.ts';
import type { DemoRouter, DemoTask } from './application.ts';
import { demoFeature } from './world.ts';

/** One thing that is said of an intent. */
export interface Saying {
  /** How many intents later; 0: at once. */
  readonly afterIntents: number;
  readonly say: (router: DemoRouter) => Promise<unknown>;
}

/** Shares of intents. */
const NEVER = 0.03;
const LATE = 0.15;
/** Of the failures: first taken for a success. */
const MISTAKEN = 0.2;
/** Of the users of a chat that went well: those who click. */
const CLICKS = 0.6;

export interface Finished {
  readonly task: DemoTask;
  readonly intentId: string;
  readonly solved: boolean;
}

/** What will be said of a finished intent, in order; what is said last is the truth. */
export function sayingsOf({ task, intentId, solved }: Finished, random: SeededRandom): readonly Saying[] {
  if (random.fork('never').next() < NEVER) return [];
  const later = random.fork('later').next();
  const afterIntents = random.fork('late').next() < LATE ? 20 + Math.floor(later * 280) : 0;
  if (task.feature === 'support.reply') return supportSayings({ intentId, solved, afterIntents, random });
  const explicit = (success: boolean, after: number): Saying => ({
    afterIntents: after,
    say: async router => router.feature(task.feature).outcome(intentId, { success }),
  });
  const mistaken = !solved && random.fork('mistaken').next() < MISTAKEN;
  return mistaken
    ? [explicit(true, afterIntents), explicit(false, afterIntents + 10 + Math.floor(later * 90))]
    : [explicit(solved, afterIntents)];
}

interface Support {
  readonly intentId: string;
  readonly solved: boolean;
  readonly afterIntents: number;
  readonly random: SeededRandom;
}

/** Signals first; a failure becomes a ticket, whose cost is known when it is closed. */
function supportSayings({ intentId, solved, afterIntents, random }: Support): readonly Saying[] {
  const saying = (after: number, say: (router: DemoRouter) => Promise<unknown>): Saying => ({
    afterIntents: after,
    say,
  });
  const resolved = async (router: DemoRouter) => router.feature('support.reply').resume(intentId).signal('resolved');
  if (solved) {
    const clicked = random.fork('clicks').next() < CLICKS;
    const asked = async (router: DemoRouter) => router.feature('support.reply').outcome(intentId, { success: true });
    return [saying(afterIntents, clicked ? resolved : asked)];
  }
  // 60 % to 140 % of what a ticket is expected to cost.
  const costUsd = demoFeature('support.reply').failureCostUsd * (0.6 + 0.8 * random.fork('ticket').next());
  const contacted = saying(afterIntents, async router =>
    router.feature('support.reply').resume(intentId).signal('contactedSupport'),
  );
  const closed = saying(afterIntents + 30, async router =>
    router.feature('support.reply').outcome(intentId, { success: false, escalated: true, costUsd }),
  );
  const mistaken = random.fork('mistaken').next() < MISTAKEN;
  return mistaken ? [saying(0, resolved), contacted, closed] : [contacted, closed];
}
