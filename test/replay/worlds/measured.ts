/** What a plan costs in a world, by simulation. */
import { seededRandom } from '../../../src/core/math/random.ts';
import type { World } from '../../../src/replay/worlds/world.ts';

/** Simulates many intents of a plan and returns their mean spend and failure rate. */
export function measured(world: World, plan: number, intents = 200_000): { costUsd: number; fail: number } {
  const random = seededRandom('measured');
  let [costUsd, failures] = [0, 0];
  for (let i = 0; i < intents; i++) {
    const ask = world.intent(i, random);
    let success = false;
    for (const model of world.plans[plan] ?? []) {
      const reply = ask(model);
      costUsd += reply.costUsd + world.judgeCostUsd;
      ({ success } = reply);
      if (reply.accepted) break;
    }
    if (!success) failures++;
  }
  return { costUsd: costUsd / intents, fail: failures / intents };
}
