/** The router in a simulated world of sessions: it learns from records, as from a ledger, and every rate is hidden from it. */
import type { ResolvedModel } from '../../src/config/resolved.ts';
import type { Cell } from '../../src/core/cells/cell.ts';
import type { CellMap } from '../../src/core/cells/sums.ts';
import { addCell } from '../../src/core/cells/sums.ts';
import { contributionDelta } from '../../src/core/cells/contribution.ts';
import { createLearnedFeature } from '../../src/core/beliefs/learned-feature.ts';
import type { SumName } from '../../src/core/cells/cell.ts';
import { toNanoUsd, toUsd } from '../../src/core/ledger/money.ts';
import { allPlans } from '../../src/core/ledger/plan-set.ts';
import type { LedgerRecord } from '../../src/core/ledger/records.ts';
import { foldIntent } from '../../src/core/ledger/records.ts';
import type { Usage } from '../../src/core/ledger/usage.ts';
import { inputTokens } from '../../src/core/ledger/usage.ts';
import type { Attempt, Plan } from '../../src/core/ledger/vocabulary.ts';
import type { Random, SeededRandom } from '../../src/core/math/random.ts';
import { seededRandom } from '../../src/core/math/random.ts';
import { lognormalVariate, normal } from '../../src/core/math/samplers.ts';
import { sessionLearning } from '../../src/core/sessions/session-learning.ts';
import type { SessionState } from '../../src/core/sessions/session-state.ts';
import { afterReply, cachedPrefix, prefixOf } from '../../src/core/sessions/session-state.ts';
import type { FeatureView } from '../../src/contracts/policy.ts';
import { extraUsdOf } from '../../src/core/sessions/extra-usd.ts';
import { fixed } from '../../src/policies/fixed.ts';
import { thompson } from '../../src/policies/thompson.ts';
import { prefixCost } from '../../src/prices/prefix-cost.ts';
import { prefixTerms } from '../../src/engine/state/prefix-terms.ts';
import { priorPooling } from '../../src/replay/common/prior-pooling.ts';
import type { Held } from './cache.ts';
import { HIT_RATE, intentCost, promptOf } from './cache.ts';
import type { Step } from './known.ts';
import { drawSession, failureUsd } from './known.ts';
import type { SessionFeature, SessionModel, SessionWorld } from './worlds.ts';
import { successInSession } from './worlds.ts';

/** `session`: the router as it is. `today`: it knows nothing of sessions. `pin`: as `today`, and a session stays with its first model. */
export type Mode = 'session' | 'today' | 'pin' | { readonly always: number };

export interface LearnerRun {
  /** Expected cost of every intent with the model that was chosen, in order. */
  readonly usd: readonly number[];
  /** Sums of every node, by feature and model. */
  readonly sums: readonly (readonly Record<'n' | 'cost' | 'prefixCost', number>[])[];
  /** All cells of each feature. */
  readonly cells: readonly CellMap[];
}

const START_MS = Date.UTC(2026, 10, 1);
/** Characters that a request has for each of its tokens, on average over sessions: an estimate of the prompt is never exact. */
const CHARS_SPREAD = 0.2;

export function sessionsOf(world: SessionWorld, seed: number, intents: number): readonly (readonly Step[])[] {
  const random = seededRandom(`sessions ${world.name} ${seed}`);
  const sessions: (readonly Step[])[] = [];
  for (let left = intents; left > 0; left -= (sessions.at(-1) as readonly Step[]).length)
    sessions.push(drawSession(world, random));
  return sessions;
}

export function learn(
  world: SessionWorld,
  sessions: readonly (readonly Step[])[],
  mode: Mode,
  seed: number,
): LearnerRun {
  const random = seededRandom(`learner ${world.name} ${seed}`);
  const streams = { policy: random.fork('policy'), world: random.fork('world') };
  const plans: readonly Plan[] = world.models.map(({ name }) => [name]);
  const policy = typeof mode === 'object' ? fixed(world.models[mode.always]?.name as string) : thompson();
  const priorCostUsd = Object.fromEntries(
    world.models.map(({ name, rates }) => [name, 1000 * rates.input + 300 * rates.output]),
  );
  const features = world.features.map((_, f) => createLearnedFeature({ feature: `f${f}`, plans, priorCostUsd }));
  const pooling = priorPooling(new Map(features.map((learned, f) => [`f${f}`, learned])));
  const learning = sessionLearning();
  const ttlMs = Math.min(...world.models.map(model => model.ttlMs));
  const failureCostNanoUsd = toNanoUsd(failureUsd(world));
  const usd: number[] = [];
  const sums = world.features.map(() => world.models.map(() => ({ n: 0, cost: 0, prefixCost: 0 })));
  const cells = world.features.map((): CellMap => new Map());
  const knowsSessions = mode === 'session' || typeof mode === 'object';
  const candidates = world.models.map(candidateOf);
  const termOf = world.features.map((_, f) =>
    prefixTerms({ name: `f${f}`, candidates, objective: 'cost-per-intent' }, learning),
  );
  let nowMs = START_MS;

  for (const [number, steps] of sessions.entries()) {
    let context = world.startTokens;
    const caches: (Held | undefined)[] = world.models.map(() => undefined);
    let state: SessionState | undefined;
    let first: number | undefined;
    const effect = world.sessionLogits * normal(streams.world);
    const charsPerToken = lognormalVariate(4, CHARS_SPREAD, streams.world);
    for (const { feature: f, gapMs } of steps) {
      nowMs += gapMs;
      const feature = world.features[f] as SessionFeature;
      const learned = features[f] as (typeof features)[number];
      const known = prefixOf(
        state,
        Math.ceil((context + feature.asked) * charsPerToken),
        nowMs,
        learning.tokensPerChar(`f${f}`),
      );
      const term = knowsSessions ? termOf[f]?.(known, learned.segment(''), toUsd(failureCostNanoUsd)) : undefined;
      const follows = known.lastFeature === `f${f}` && (known.prefix.gapMs ?? 0) < ttlMs;
      learning.decided(`f${f}`, known.prefix.earlierIntents, follows);
      const view = {
        feature: `f${f}`,
        plans,
        eligible: allPlans(plans.length),
        failureCostUsd: toUsd(failureCostNanoUsd),
        objective: 'cost-per-intent',
        learned: learned.segment(''),
        nowMs,
        ...(term === undefined
          ? {}
          : {
              extraUsd: extraUsdOf(
                term,
                world.models.map(({ name }) => name),
              ),
            }),
      } as const;
      const decision = mode === 'pin' && first !== undefined ? undefined : policy.decide(view, streams.policy);
      const k = decision === undefined ? (first as number) : plans.indexOf(decision.plan);
      first ??= k;
      const model = world.models[k] as SessionModel;
      const mean = {
        context,
        requests: feature.requests[k] as number,
        asked: feature.asked,
        answered: feature.answered,
        ms: nowMs,
      };
      usd.push(
        intentCost(model, caches[k], mean).usd + toUsd(failureCostNanoUsd) * (1 - (feature.success[k] as number)),
      );
      const served = serve(
        { model, feature, requests: feature.requests[k] as number, context, held: caches[k], nowMs },
        streams.world,
      );
      context = served.context;
      caches[k] = served.held;
      const success = streams.world.next() < successInSession(world, { f, k, effect });
      const prefix = { ...known.prefix, ...(term === undefined ? {} : { term }) };
      const fact = { intentId: 'i', feature: `f${f}`, atMs: nowMs };
      const prefixTokens =
        known.prefix.earlierIntents > 0
          ? known.prefix.tokens
          : Math.max(0, Math.round(inputTokens(served.usages[0] ?? {}) - learning.ownTokens(`f${f}`)));
      const attempts = served.usages.map((usage, index): Attempt => {
        const lines = model.price.lines(usage, nowMs);
        const prefixNanoUsd = knowsSessions ? prefixCost(lines, prefixTokens) : 0;
        return {
          kind: 'first',
          requestId: `r${index}`,
          turn: index + 1,
          model: model.name,
          node: model.name,
          providerModel: model.name,
          startedAtMs: nowMs,
          latencyMs: 1000,
          status: 'ok',
          usage,
          costNanoUsd: model.price.cost(usage, nowMs),
          ...(prefixNanoUsd > 0 ? { prefixNanoUsd } : {}),
          ...(prefixTokens === known.prefix.tokens ? {} : { prefixTokens }),
          provenance: 'reported',
        };
      });
      const records: LedgerRecord[] = [
        {
          ...fact,
          kind: 'decided',
          revision: 0,
          ...(knowsSessions ? { session: `s${number}`, prefix } : {}),
          segment: '',
          decision: decision ?? { plan: plans[k] as Plan, propensity: 1, eligible: [], policy: 'pin', reason: '' },
          failureCostNanoUsd,
          versions: {},
        },
        ...attempts.map(
          (attempt, index): LedgerRecord => ({ ...fact, kind: 'attempted', revision: index + 1, attempt }),
        ),
        { ...fact, kind: 'labelled', revision: attempts.length + 1, evidence: { source: 'explicit', success } },
      ];
      const intent = foldIntent(records);
      if (intent === undefined) throw new Error('an intent has records');
      const delta = contributionDelta(undefined, intent);
      learned.apply(delta, nowMs);
      pooling.add(delta);
      for (const cell of delta) addCell(cells[f] as CellMap, { ...cell, key: { ...cell.key, bucket: 0 } });
      addTo(sums[f]?.[k] as Record<'n' | 'cost' | 'prefixCost', number>, delta);
      for (const [index, usage] of served.usages.entries()) {
        if (index === 0)
          learning.observe({
            model: model.name,
            feature: `f${f}`,
            earlierIntents: known.prefix.earlierIntents,
            usage,
            prefixTokens: known.prefix.tokens,
            requestChars: Math.ceil(inputTokens(usage) * charsPerToken),
            expectedTokens: cachedPrefix(known, model.name, { ttlMs: model.ttlMs, minTokens: model.minPrefix }),
          });
        const tokens = inputTokens(usage) + (usage.output ?? 0);
        state = afterReply(state, {
          session: `s${number}`,
          feature: `f${f}`,
          model: model.name,
          promptTokens: inputTokens(usage),
          tokens,
          tokensPerChar: 1 / charsPerToken,
          atMs: nowMs,
          intent: known.prefix.earlierIntents + 1,
        });
      }
    }
    // Sessions of other users overlap; here the next session begins.
    nowMs += 1000;
  }
  return { usd, sums, cells };
}

/** A model as a feature is configured with it. */
export function candidateOf({ name, price, ttlMs, minPrefix }: SessionModel): ResolvedModel {
  const cache = { ttlMs, minTokens: minPrefix };
  return { name, provider: 'any', providerModel: name, price, cache } as unknown as ResolvedModel;
}

function addTo(total: Record<'n' | 'cost' | 'prefixCost', number>, delta: readonly Cell[]): void {
  const node = delta.find(({ key }) => key.scope === 'node');
  for (const name of ['n', 'cost', 'prefixCost'] as const satisfies SumName[])
    total[name] += Number(node?.sums[name] ?? 0n);
}

interface Serving {
  readonly model: SessionModel;
  readonly feature: SessionFeature;
  /** Mean number of requests. */
  readonly requests: number;
  readonly context: number;
  readonly held: Held | undefined;
  readonly nowMs: number;
}

/** The requests of an intent as they happen: of any number and size, with a cache that sometimes fails. */
function serve({ model, feature, requests, context, held, nowMs }: Serving, random: SeededRandom) {
  const usages: Usage[] = [];
  let [tokens, own] = [context, held];
  for (let left = 1 + poisson(requests - 1, random); left > 0; left--) {
    const asked = Math.ceil(lognormalVariate(feature.asked, 0.5, random));
    const output = Math.ceil(lognormalVariate(feature.answered, 0.5, random));
    const isHit = random.next() < HIT_RATE;
    const { read, written } = promptOf(model, isHit ? own : undefined, {
      shared: tokens,
      tokens: tokens + asked,
      ms: nowMs,
    });
    const { rates } = model;
    usages.push({
      cacheRead: read,
      ...(rates.write > rates.input ? { cacheWrite5m: written } : { input: written }),
      output,
    });
    own = { tokens: tokens + asked, atMs: nowMs };
    tokens += asked + output;
  }
  return { usages, context: tokens, held: own };
}

export function poisson(mean: number, random: Random): number {
  let [count, left] = [0, Math.exp(-mean)];
  for (let p = random.next(); p > left; p *= random.next()) count++;
  return count;
}

/** A view of a feature with some outcomes of each model, to measure a decision. */
export function speedView(names: readonly string[]): FeatureView {
  const plans: readonly Plan[] = names.map(name => [name]);
  const priorCostUsd = Object.fromEntries(names.map((name, k) => [name, 0.001 * (k + 1)]));
  const learned = createLearnedFeature({ feature: 'f', plans, priorCostUsd });
  const at = { scope: 'node', feature: 'f', segment: '', version: '', bucket: START_MS / 3_600_000 } as const;
  const sums = {
    n: 200n,
    cost: 200_000_000n,
    cost2: 400_000_000_000_000n,
    ended: 200n,
    labelled: 200n,
    successes: 160n,
  };
  learned.apply(names.map(subject => ({ key: { ...at, subject }, sums })));
  return {
    feature: 'f',
    plans,
    eligible: allPlans(names.length),
    failureCostUsd: 0.01,
    objective: 'cost-per-intent',
    learned: learned.segment(''),
    nowMs: START_MS,
  };
}
