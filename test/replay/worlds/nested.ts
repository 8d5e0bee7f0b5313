/** A world in which premium succeeds wherever the cheap model does, and in most of the other intents. */
import { cascadeWorld } from '../../../src/replay/worlds/cascade-world.ts';

export const NESTED = cascadeWorld({
  name: 'nested',
  cheap: { name: 'A', costUsd: 0.0019, success: 0.7 },
  premium: { name: 'B', costUsd: 0.014, successIfCheapDid: 1, successIfNot: 0.8333 },
  sensitivity: 0.9,
  specificity: 0.95,
  judgeCostUsd: 0.0005,
  failureCostUsd: 15,
});
