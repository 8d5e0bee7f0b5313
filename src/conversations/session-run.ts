/** One run over session traces: a separate router, which decides every intent and gets its outcome. */
import { resolveConfig } from '../config/resolve.ts';
import type { FeatureConfigs, ModelConfigs } from '../config/router-config.ts';
import type { Policy } from '../contracts/policy.ts';
import { CHARS_PER_TOKEN, inputTokens } from '../core/ledger/usage.ts';
import { planKey } from '../core/ledger/vocabulary.ts';
import { seededRandom } from '../core/math/random.ts';
import { cacheTerms } from '../engine/state/cache-terms.ts';
import { fixed } from '../policies/fixed.ts';
import { thompson } from '../policies/thompson.ts';
import { createRouterOn } from '../router.ts';
import { memory } from '../stores/memory.ts';
import type { CachedModel, CachedSession } from './prompt-cache.ts';
import { cachedSession } from './prompt-cache.ts';
import { replayRuntime } from './replay-runtime.ts';
import type { TracedAnswer, TracedIntent, TracedRequest } from './session-trace.ts';

/** With a model's name: always that model. */
export type Strategy = 'sessions' | 'no-sessions' | 'pin-first' | { readonly model: string };

export interface SessionRunOptions {
  readonly models: ModelConfigs;
  /** Models by feature. */
  readonly candidates: ReadonlyMap<string, readonly [string, ...string[]]>;
  readonly failureCostUsd: number;
  readonly hitRate: number;
  /**
   * Runs with the same seed have the same random events, whatever is chosen: caches that miss, and answers that succeed
   * with a probability.
   */
  readonly seed: string;
}

export interface ReplayedTotals {
  readonly spendNanoUsd: number;
  readonly failureUsd: number;
  readonly successes: number;
  readonly promptTokens: number;
  readonly readTokens: number;
  readonly switches: number;
  readonly chosen: Readonly<Record<string, number>>;
}

export async function runSessions(
  intents: readonly TracedIntent[],
  strategy: Strategy,
  { models, candidates, failureCostUsd, hitRate, seed }: SessionRunOptions,
): Promise<ReplayedTotals> {
  const luck = seededRandom(`outcomes ${seed}`);
  const runtime = replayRuntime(seed);
  let pin: string | undefined;
  const policy = policyOf(strategy, () => pin);
  const features: FeatureConfigs = Object.fromEntries(
    [...candidates].map(([name, own]) => [
      name,
      { candidates: own, failureCostUsd, policy, sessionCosts: strategy === 'sessions' },
    ]),
  );
  // No request is sent, so warnings about clients that cannot reach a vendor are dropped.
  const observers = [{ name: 'replay', faulted: () => {} }];
  const config = { models, features, store: memory(), observers };
  const router = createRouterOn(runtime, config);
  const cached = cachedModels(config, intents[0]?.atMs ?? 0);
  const sessions = new Map<string, { readonly cache: CachedSession; first: string; last: string }>();
  const totals = { spendNanoUsd: 0, failureUsd: 0, successes: 0, promptTokens: 0, readTokens: 0, switches: 0 };
  const chosen: Record<string, number> = {};
  for (const { session, feature, atMs, answers } of intents) {
    runtime.reach(atMs);
    const known = sessions.get(session);
    pin = known?.first;
    const random = seededRandom(`caches ${seed} ${session}`);
    const { cache } = known ?? { cache: cachedSession({ models: cached, hitRate, random }) };
    const intent = router.feature(feature).intent({ session });
    const [any] = Object.values(answers) as [TracedAnswer, ...TracedAnswer[]];
    let [requests, model] = [any.requests, ''];
    for (let index = 0; index < requests.length; index++) {
      const sent = cache.contextTokens + (requests[index] as TracedRequest).inputTokens;
      const { receipt } = await router.run(
        feature,
        async context => {
          ({ model } = context);
          ({ requests } = answers[model] as TracedAnswer);
          const usage = cache.ask(model, { ...(requests[index] as TracedRequest), atMs });
          totals.promptTokens += inputTokens(usage);
          totals.readTokens += usage.cacheRead ?? 0;
          return { value: '', usage };
        },
        { intent, promptChars: CHARS_PER_TOKEN * sent },
      );
      for (const { costNanoUsd } of receipt.attempts) totals.spendNanoUsd += costNanoUsd;
    }
    const isSuccess = luck.next() < (answers[model] as TracedAnswer).success;
    if (isSuccess) totals.successes++;
    else totals.failureUsd += failureCostUsd;
    await (isSuccess ? intent.succeed() : intent.fail());
    if (known !== undefined && known.last !== model) totals.switches++;
    sessions.set(session, { cache, first: known?.first ?? model, last: model });
    chosen[model] = (chosen[model] ?? 0) + 1;
  }
  await router.close();
  return { ...totals, chosen };
}

function policyOf(strategy: Strategy, pin: () => string | undefined): Policy {
  if (typeof strategy === 'object') return fixed(strategy.model);
  const learning = thompson();
  if (strategy !== 'pin-first') return learning;
  return {
    name: strategy,
    decide(view, random) {
      const plan = view.plans.find(([model]) => model === pin());
      if (plan === undefined) return learning.decide(view, random);
      const reason = 'the first model of the session';
      return { plan, propensity: 1, eligible: [planKey(plan)], policy: strategy, reason };
    },
  };
}

function cachedModels(
  config: { readonly models: ModelConfigs; readonly features: FeatureConfigs },
  atMs: number,
): Readonly<Record<string, CachedModel>> {
  const { models } = resolveConfig(config, { policy: thompson() });
  return Object.fromEntries(
    [...models].map(([name, model]) => {
      const { input = 0, cacheWrite5m = input } = model.price.ratesAt(atMs)[0]?.rates ?? {};
      return [name, { cache: cacheTerms(model), chargesWrites: cacheWrite5m > input }];
    }),
  );
}
