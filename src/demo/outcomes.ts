/** How the demo's application learns the outcome of an intent: at once or late, corrected or not, or never. */
import type { SeededRandom } from '../core/math/random.ts';
import type { DemoRouter, DemoTask } from './application.ts';
import { demoFeature } from './world.ts';

/** One piece of evidence about an intent. */
export interface ScheduledEvidence {
  /** Number of intents after which the evidence is recorded; 0: at once. */
  readonly afterIntents: number;
  readonly record: (router: DemoRouter) => Promise<unknown>;
}

/** Fraction of intents whose outcome never arrives. */
const NEVER = 0.03;
/** Fraction of intents whose outcome arrives late. */
const LATE = 0.15;
/** Fraction of failures that are recorded as a success at first. */
const MISTAKEN = 0.2;
/** Fraction of satisfied chat users who click. */
const CLICKS = 0.6;

export interface FinishedTask {
  readonly task: DemoTask;
  readonly intentId: string;
  readonly solved: boolean;
}

/** The evidence of a finished intent, in order. The last piece is the truth. */
export function evidenceOf(
  { task, intentId, solved }: FinishedTask,
  random: SeededRandom,
): readonly ScheduledEvidence[] {
  if (random.fork('never').next() < NEVER) return [];
  const later = random.fork('later').next();
  const afterIntents = random.fork('late').next() < LATE ? 20 + Math.floor(later * 280) : 0;
  if (task.feature === 'support.reply') return supportEvidence({ intentId, solved, afterIntents, random });
  const explicit = (success: boolean, after: number): ScheduledEvidence => ({
    afterIntents: after,
    record: async router => router.feature(task.feature).outcome(intentId, { success }),
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

/** Signals come first. A failure becomes a ticket, whose cost is known when it is closed. */
function supportEvidence({ intentId, solved, afterIntents, random }: Support): readonly ScheduledEvidence[] {
  const delayed = (afterIntents: number, record: ScheduledEvidence['record']): ScheduledEvidence => ({
    afterIntents,
    record,
  });
  const resolved = async (router: DemoRouter) => router.feature('support.reply').resume(intentId).signal('resolved');
  if (solved) {
    const clicked = random.fork('clicks').next() < CLICKS;
    const asked = async (router: DemoRouter) => router.feature('support.reply').outcome(intentId, { success: true });
    return [delayed(afterIntents, clicked ? resolved : asked)];
  }
  // 60 % to 140 % of the expected cost of a ticket.
  const costUsd = demoFeature('support.reply').failureCostUsd * (0.6 + 0.8 * random.fork('ticket').next());
  const contacted = delayed(afterIntents, async router =>
    router.feature('support.reply').resume(intentId).signal('contactedSupport'),
  );
  const closed = delayed(afterIntents + 30, async router =>
    router.feature('support.reply').outcome(intentId, { success: false, escalated: true, costUsd }),
  );
  const mistaken = random.fork('mistaken').next() < MISTAKEN;
  return mistaken ? [delayed(0, resolved), contacted, closed] : [contacted, closed];
}
