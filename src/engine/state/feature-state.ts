/** One feature while the router runs: what it has learned, which models can be asked, and the decision for a new intent. */
import { fraction } from '../../argument-checks.ts';
import type { ResolvedFeature, ResolvedModel } from '../../config/resolved.ts';
import type { LearnedFeature, LearnedFeatureOptions } from '../../core/beliefs/learned-feature.ts';
import { createLearnedFeature } from '../../core/beliefs/learned-feature.ts';
import type { FeatureNumbers } from '../../core/beliefs/feature-numbers.ts';
import type { NumbersContext } from '../../core/beliefs/number-model.ts';
import type { RoundedCell } from '../../core/cells/cell.ts';
import { toUsd } from '../../core/ledger/money.ts';
import type { PlanSet } from '../../core/ledger/plan-set.ts';
import { NO_PLANS, plansWhere, withoutPlans } from '../../core/ledger/plan-set.ts';
import type { Decision, Plan } from '../../core/ledger/vocabulary.ts';
import { planKey } from '../../core/ledger/vocabulary.ts';
import type { PrefixTerm } from '../../core/ledger/records.ts';
import { extraUsdOf } from '../../core/sessions/extra-usd.ts';
import { checkNames, invalidValue, unknownName } from '../../errors.ts';
import type { Holdout } from '../../policies/holdout.ts';
import { withHoldout } from '../../policies/holdout.ts';
import { typicalCostUsd } from '../../prices/typical-cost.ts';
import type { Runtime } from '../../runtime.ts';
import type { CircuitBreaker } from '../rails/circuit-breaker.ts';
import { circuitsOf } from '../rails/circuit-breaker.ts';
import type { BudgetRail, GuardRails } from '../rails/guard-rails.ts';
import { guardRails } from '../rails/guard-rails.ts';
import type { RequestRequirements } from './capable-models.ts';
import { capableModels, noEligibleModelError } from './capable-models.ts';
import { forcedDecision, observedDecision, policyDecision } from './policy-decision.ts';
import type { ModelVersions } from './model-versions.ts';
import { effortAxes } from './effort-axes.ts';
import { modelVersions } from './model-versions.ts';

export interface FeatureState {
  /** The configuration as the application wrote it, but with the holdout that an operator has set. */
  readonly config: ResolvedFeature;
  /** When this router began to use the configuration. */
  readonly configuredAtMs: number;
  /** Candidates by name. */
  readonly models: ReadonlyMap<string, ResolvedModel>;
  readonly learned: LearnedFeature;
  /** What `learned` was created with. */
  readonly learning: LearnedFeatureOptions;
  readonly rails: GuardRails;
  /** Present if the feature's context has numbers. */
  readonly numbers: FeatureNumbers | undefined;
  /** Adds the delta of a commit, or what a read of the store has found beyond that. `decidedAtMs`: see `LearnedFeature.apply`. */
  apply(delta: readonly RoundedCell[], decidedAtMs?: number): void;
  /** Forgets what was learned so far: decisions start from the priors again. The ledger keeps it. */
  reset(): void;
  /**
   * Operator's override: every new intent gets this plan until `undefined` lifts the pin.
   *
   * @throws RouterError `unknown-model`, or `invalid-value` for a plan that the feature does not have
   */
  pin(plan: Plan | undefined): void;
  /**
   * Operator's override of the configured holdout, until `undefined` lifts it.
   *
   * @throws RouterError `unknown-model`, `invalid-value`, or `invalid-config` where the policy does not state its shares
   */
  holdOut(holdout: Holdout | undefined): void;
  /** The plan that an operator has pinned. */
  readonly pinned: Plan | undefined;
  /** Names of the candidates that can serve a request, in climbing order. */
  capableModels(requirements: RequestRequirements): readonly string[];
  /** @throws RouterError `wrong-provider` or `no-eligible-candidate` when no candidate can serve the request, or `budget-exhausted` */
  decide(requirements: RequestRequirements, segment: string, options: DecideOptions): Decision;
  /** The version of every candidate as of now. */
  versions(): ModelVersions;
}

export interface DecideOptions {
  readonly failureCostNanoUsd: number;
  /** The cost of the prefix of the intent's session, with each plan. */
  readonly term?: PrefixTerm | undefined;
}

export interface FeatureStateOptions {
  readonly runtime: Runtime;
  readonly breaker: CircuitBreaker;
  /** Models that an operator has switched off, in every feature. */
  readonly disabled: ReadonlySet<string>;
  readonly budgets: readonly BudgetRail[];
  /** Called with the error of a policy that failed. */
  readonly faulted: (error: unknown) => void;
}

export function featureState(
  configured: ResolvedFeature,
  { runtime, breaker, disabled, budgets, faulted }: FeatureStateOptions,
): FeatureState {
  const { plans } = configured;
  const rails = guardRails(configured, budgets);
  const models = new Map(configured.candidates.map(model => [model.name, model]));
  const firstModels = plans.map(plan => models.get(plan[0] ?? '') as ResolvedModel);
  const capable = capableModels(configured, disabled);
  const keys = plans.map(planKey);
  const versionsAt = modelVersions(configured);
  const policyOptions = { random: runtime.random, faulted };
  /** The decision that an operator has pinned. */
  let forced: Decision | undefined;
  /** For a feature that is observed: the plan with the application's own model. */
  const own = configured.observes === undefined ? undefined : ([configured.observes] as const);
  const given = [...configured.context.values()].find((from): from is NumbersContext => 'numbers' in from);
  const startedMs = runtime.nowMs();
  let versions = versionsAt(startedMs);
  const learning: LearnedFeatureOptions = {
    feature: configured.name,
    plans,
    priorCostUsd: Object.freeze(
      Object.fromEntries(configured.candidates.map(({ name, price }) => [name, typicalCostUsd(price, startedMs)])),
    ),
    hasAlarms: configured.hasAlarms,
    priorSuccess: configured.prior,
    axes: effortAxes(configured.candidates),
    expected: configured.evidence?.expected,
    // Where silence means success, an intent counts as one only after its window.
    ...(configured.silence?.success === true ? { silenceWindowMs: configured.silence.afterMs } : {}),
    versions,
    ...(given === undefined ? {} : { numbers: given.model }),
  };
  const learned = createLearnedFeature(learning);

  function eligiblePlans(requirements: RequestRequirements): PlanSet {
    const eligible = capable(requirements).plans;
    if (eligible === NO_PLANS) throw noEligibleModelError(configured, requirements);
    if (!breaker.anyFaults()) return eligible;
    const elapsedMs = runtime.elapsedMs();
    const down = plansWhere(firstModels, model => breaker.isOpen(circuitsOf(model, requirements.client), elapsedMs));
    const up = withoutPlans(eligible, down);
    // With every circuit open the provider may still answer: a call is never refused for an outage.
    return up === NO_PLANS ? eligible : up;
  }

  /**
   * Whether the application's own model answers. Its known limits do not matter: without the router it would be asked too.
   */
  function isObserved(requirements: RequestRequirements): boolean {
    if (own === undefined || forced !== undefined) return false;
    return capable({ ...requirements, unable: undefined }).names.includes(own[0]);
  }

  // Plain properties that change instead of getters: members of an object with getters are looked up by hash, which is
  // slower.
  const state = {
    config: configured,
    configuredAtMs: startedMs,
    models,
    learned,
    learning,
    // While the feature is observed, no other model replaces the application's own.
    capableModels: requirements => (isObserved(requirements) ? own : undefined) ?? capable(requirements).names,
    rails,
    numbers: configured.numbers,
    pinned: undefined as Plan | undefined,
    apply(delta, decidedAtMs): void {
      learned.apply(delta, decidedAtMs);
    },
    reset(): void {
      learned.replace([]);
    },
    pin(plan): void {
      forced = plan === undefined ? undefined : forcedDecision(planToPin(plan, configured), 'pinned by an operator');
      state.pinned = forced?.plan;
    },
    holdOut(holdout): void {
      state.config = holdout === undefined ? configured : withOtherHoldout(configured, holdout);
    },
    decide(requirements, segment, { failureCostNanoUsd, term }): Decision {
      const nowMs = runtime.nowMs();
      const observed = isObserved(requirements) ? own : undefined;
      // Neither an outage nor a rail changes who answers while the feature is observed.
      const hasRails = rails.any && observed === undefined;
      const available = observed === undefined ? eligiblePlans(requirements) : capable(requirements).plans;
      const history = learned.segment(segment);
      // The rails come before the pin: a spent budget that refuses new intents also refuses pinned ones.
      const extra = term === undefined ? {} : { extraUsd: extraUsdOf(term, keys) };
      const eligible = hasRails ? rails.restrict(available, { learned: history, nowMs, ...extra }) : available;
      if (forced?.plan.every(name => capable(requirements).names.includes(name)) === true) return forced;
      const { config } = state;
      const costMultiplier = hasRails ? rails.costMultiplier() : undefined;
      const view = {
        feature: config.name,
        plans,
        eligible,
        failureCostUsd: toUsd(failureCostNanoUsd),
        objective: config.objective,
        learned: history,
        nowMs,
        ...(costMultiplier === undefined ? {} : { costMultiplier }),
        ...extra,
      };
      const decision = policyDecision(config, view, policyOptions);
      return observed === undefined ? decision : observedDecision(observed, decision);
    },
    versions(): ModelVersions {
      const current = versionsAt(runtime.nowMs());
      if (current !== versions) {
        versions = current;
        learned.setVersions(current);
      }
      return current;
    },
  } satisfies FeatureState;
  return state;
}

/** @throws RouterError */
function withOtherHoldout(configured: ResolvedFeature, holdout: Holdout): ResolvedFeature {
  checkNames(holdout, ['model', 'fraction'], 'holdOut');
  const accepted = configured.candidates.map(({ name }) => name);
  if (!accepted.includes(holdout.model)) throw unknownName('model', holdout.model, { path: 'holdOut.model', accepted });
  fraction(holdout.fraction, 'holdOut.fraction');
  const policy = withHoldout(configured.ownPolicy, holdout, { path: 'holdOut' });
  return Object.freeze({ ...configured, holdout, policy });
}

/** The feature's plan with these models. @throws RouterError */
function planToPin(plan: unknown, { candidates, plans }: ResolvedFeature): Plan {
  const keys = plans.map(planKey);
  if (!Array.isArray(plan)) throw invalidValue(plan, 'pin', [...keys, 'undefined, which lifts the pin']);
  const accepted = candidates.map(model => model.name);
  for (const [i, model] of (plan as Plan).entries()) {
    if (accepted.includes(model)) continue;
    throw unknownName('model', model, { path: `pin[${i}]`, accepted });
  }
  const found = plans[keys.indexOf(planKey(plan as Plan))];
  if (found === undefined) throw invalidValue(planKey(plan as Plan), 'pin', keys);
  return found;
}
