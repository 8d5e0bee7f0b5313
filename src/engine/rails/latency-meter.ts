/** How often a plan's recent requests were slower than the feature's objective. */
import type { LatencyCounts } from '../../core/choice/eligibility.ts';
import type { Attempt, PlanKey } from '../../core/ledger/vocabulary.ts';

export interface LatencyMeter {
  observe(plan: PlanKey, attempts: readonly Attempt[]): void;
  of(plan: PlanKey): LatencyCounts;
}

/** Requests after which the counts are halved: more remember longer, fewer see a change sooner. */
const REQUESTS_PER_HALVING = 400;
const NONE: LatencyCounts = Object.freeze({ n: 0, slow: 0 });

/** @param objectiveMs time one request may take, retries and climbing included */
export function latencyMeter(objectiveMs: number): LatencyMeter {
  const counts = new Map<PlanKey, LatencyCounts>();
  return {
    observe(plan, attempts) {
      let latencyMs = 0;
      for (const attempt of attempts) latencyMs += attempt.latencyMs;
      const { n, slow } = counts.get(plan) ?? NONE;
      const half = n >= REQUESTS_PER_HALVING ? 0.5 : 1;
      counts.set(plan, { n: n * half + 1, slow: slow * half + (latencyMs > objectiveMs ? 1 : 0) });
    },
    of: plan => counts.get(plan) ?? NONE,
  };
}
