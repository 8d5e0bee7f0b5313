/** One feature while the router runs: what it has learnt, who may be asked, and the decision for a new intent. */
import type { ResolvedFeature, ResolvedModel } from '../../config/resolved.ts';
import type { LearnedFeature } from '../../core/beliefs/learned-feature.ts';
import { createLearnedFeature } from '../../core/beliefs/learned-feature.ts';
import { toUsd } from '../../core/ledger/money.ts';
import type { Cell, Sums } from '../../core/cells/cell.ts';
import { BUCKET_MS, cellKeyString } from '../../core/cells/cell.ts';
import { difference } from '../../core/cells/sums.ts';
import type { Decision, Plan } from '../../core/ledger/vocabulary.ts';
import { planKey } from '../../core/ledger/vocabulary.ts';
import { RouterError } from '../../errors.ts';
import type { FeatureView } from '../../contracts/policy.ts';
import { typicalCostUsd } from '../../prices/typical-cost.ts';
import type { Capability, Provider } from '../../contracts/wire.ts';
import type { CircuitBreaker } from '../rails/circuit-breaker.ts';
import type { BudgetRail, GuardRails } from '../rails/guard-rails.ts';
import { guardRails } from '../rails/guard-rails.ts';
import type { Runtime } from '../../runtime.ts';
import type { PlanSet } from '../../core/ledger/plan-set.ts';
import { firstPlan, NO_PLANS, plansWhere, withoutPlans } from '../../core/ledger/plan-set.ts';

/** What a request asks of whoever answers it. */
export interface RequestRequirements {
  /** The API the request is written for; absent for `router.run`. */
  readonly provider?: Provider;
  /** Asked only where some candidate lacks something. */
  readonly capabilities: () => ReadonlySet<Capability>;
}

export interface FeatureState {
  readonly config: ResolvedFeature;
  /** Candidates by name. */
  readonly models: ReadonlyMap<string, ResolvedModel>;
  readonly learned: LearnedFeature;
  readonly rails: GuardRails;
  /** Takes over the store's cells; those from before a reset are left out. */
  replace(cells: readonly Cell[]): void;
  /** Adds a committed change. */
  apply(delta: readonly Cell[]): void;
  /** Forgets what these cells (all there are by now) say: decisions start from the priors. The ledger keeps it. */
  reset(cells: readonly Cell[]): void;
  /** Every new intent gets this plan until `undefined` lifts it. @throws RouterError `unknown-model` */
  pin(plan: Plan | undefined): void;
  /** What an operator has pinned. */
  readonly pinned: Plan | undefined;
  /** Names of candidates that can answer, in climbing order. */
  capableModels(wants: RequestRequirements): readonly string[];
  /** @throws RouterError `wrong-provider` or `no-eligible-candidate` when nobody can answer. */
  decide(wants: RequestRequirements, segment: string, failureCostNanoUsd: number): Decision;
  /** Version of every candidate as of now: another price, model or prompt is another experiment. */
  versions(): Readonly<Record<string, string>>;
}

interface Able {
  /** In climbing order. */
  readonly names: readonly string[];
  /** Plans whose models are all among them. */
  readonly plans: PlanSet;
}

export interface FeatureStateOptions {
  readonly runtime: Runtime;
  readonly breaker: CircuitBreaker;
  /** Models that an operator has switched off, in every feature. */
  readonly disabled: ReadonlySet<string>;
  readonly budgets: readonly BudgetRail[];
  /** Told of a policy that failed. */
  readonly faulted: (error: unknown) => void;
}

export function featureState(
  config: ResolvedFeature,
  { runtime, breaker, disabled, budgets, faulted }: FeatureStateOptions,
): FeatureState {
  const rails = guardRails(config, budgets);
  /** What a reset has forgotten, by cell. */
  let forgotten: ReadonlyMap<string, Sums> = new Map();
  let pinned: Decision | undefined;
  const models = new Map(config.candidates.map(model => [model.name, model]));
  const hasLimits = config.candidates.some(model => model.lacks.size > 0);
  const starts = config.plans.map(plan => models.get(plan[0] ?? '') as ResolvedModel);
  let versions = currentVersions();
  let versionsBucket = bucketNow();
  const learned = createLearnedFeature({
    feature: config.name,
    plans: config.plans,
    priorCostUsd: fromModels(model => typicalCostUsd(model.price, runtime.nowMs())),
    priorSuccess: Object.fromEntries(config.prior),
    // Until its window has passed, silence is part of a success, not one.
    ...(config.silence?.success === true ? { silenceWindowMs: config.silence.afterMs } : {}),
    versions,
  });

  function bucketNow(): number {
    return Math.floor(runtime.nowMs() / BUCKET_MS);
  }

  function fromModels<Value>(value: (model: ResolvedModel) => Value): Readonly<Record<string, Value>> {
    return Object.freeze(Object.fromEntries(config.candidates.map(model => [model.name, value(model)])));
  }

  function currentVersions(): Readonly<Record<string, string>> {
    return fromModels(model => versionOf(model, runtime.nowMs()));
  }

  function versionOf(model: ResolvedModel, nowMs: number): string {
    const prompt = config.promptVersion === undefined ? '' : `+${config.promptVersion}`;
    return `${model.providerModel}@${model.price.idAt(nowMs)}${prompt}`;
  }

  function remembered(cell: Cell): Cell {
    const before = forgotten.get(cellKeyString(cell.key));
    return before === undefined ? cell : { key: cell.key, sums: difference(cell.sums, before) };
  }

  function isAble(model: ResolvedModel, wants: RequestRequirements): boolean {
    if (disabled.has(model.name)) return false;
    if (wants.provider !== undefined && model.provider !== wants.provider) return false;
    if (wants.provider === undefined || !hasLimits) return true;
    for (const capability of wants.capabilities()) if (model.lacks.has(capability)) return false;
    return true;
  }

  /** Who can answer depends on the API alone while no candidate lacks anything: computed once for each. */
  const ableByProvider = new Map<string | undefined, Able>();

  function able(wants: RequestRequirements): Able {
    const isStable = !hasLimits && disabled.size === 0;
    const known = isStable ? ableByProvider.get(wants.provider) : undefined;
    if (known !== undefined) return known;
    const names = config.candidates.filter(model => isAble(model, wants)).map(model => model.name);
    const plans = plansWhere(config.plans, plan => plan.every(name => names.includes(name)));
    const found: Able = { names, plans };
    if (isStable) ableByProvider.set(wants.provider, found);
    return found;
  }

  function eligiblePlans(wants: RequestRequirements): PlanSet {
    const capable = able(wants).plans;
    if (capable === NO_PLANS) throw noEligibleModelError(config, wants);
    if (!breaker.anyFaults()) return capable;
    const elapsedMs = runtime.elapsedMs();
    const down = plansWhere(starts, start => breaker.isOpen(start.endpoint, elapsedMs));
    const up = withoutPlans(capable, down);
    // With every circuit open the provider may still answer: a call is never refused for an outage.
    return up === NO_PLANS ? capable : up;
  }

  /** The policy's word. One that throws, or says what it may not, breaks no call: the first eligible plan is taken. */
  function decidedBy({ policy, plans }: ResolvedFeature, view: FeatureView): Decision {
    try {
      const decision = policy.decide(view, runtime.random);
      const { plan, propensity } = decision;
      const isPlan = plans.includes(plan) || plans.some(own => planKey(own) === planKey(plan));
      if (isPlan && propensity > 0 && propensity <= 1) return decision;
      throw new TypeError(`"${policy.name}" decided for no plan of "${config.name}", or without a propensity`);
    } catch (error) {
      // Misuse that the policy itself has found is for whoever configured it.
      if (RouterError.isInstance(error)) throw error;
      faulted(error);
      const first = plans[firstPlan(view.eligible)] ?? plans[0] ?? [];
      return { ...forcedDecision(first, `"${policy.name}" failed: the first eligible plan`), policy: 'fault' };
    }
  }

  return {
    config,
    models,
    learned,
    capableModels: wants => able(wants).names,
    rails,
    get pinned() {
      return pinned?.plan;
    },
    replace(cells) {
      learned.replace(forgotten.size === 0 ? cells : cells.map(remembered));
    },
    apply(delta) {
      learned.apply(delta);
    },
    reset(cells) {
      forgotten = new Map(cells.map(cell => [cellKeyString(cell.key), cell.sums]));
      learned.replace([]);
    },
    pin(plan) {
      const accepted = [...models.keys()];
      if (plan?.length === 0)
        throw new RouterError('invalid-value', 'a plan without models', { path: 'pin', accepted });
      plan?.forEach((name, i) => {
        const path = `pin[${i}]`;
        if (!models.has(name))
          throw new RouterError('unknown-model', `"${name}" is no candidate of "${config.name}"`, {
            path,
            accepted,
            given: name,
          });
        if (plan.indexOf(name) < i) throw new RouterError('invalid-value', `"${name}" is listed twice`, { path });
      });
      pinned = plan === undefined ? undefined : forcedDecision(plan, 'pinned by an operator');
    },
    decide(wants, segment, failureCostNanoUsd) {
      const nowMs = runtime.nowMs();
      const capable = eligiblePlans(wants);
      const history = learned.segment(segment);
      // A spent budget that refuses, refuses whatever an operator has pinned.
      const eligible = rails.any ? rails.mask(capable, history, nowMs) : capable;
      if (pinned?.plan.every(name => able(wants).names.includes(name)) === true) return pinned;
      const costMultiplier = rails.any ? rails.costMultiplier(nowMs) : undefined;
      return decidedBy(config, {
        feature: config.name,
        plans: config.plans,
        eligible,
        failureCostUsd: toUsd(failureCostNanoUsd),
        objective: config.objective,
        learned: history,
        nowMs,
        ...(costMultiplier === undefined ? {} : { costMultiplier }),
      });
    },
    versions() {
      if (bucketNow() === versionsBucket) return versions;
      versionsBucket = bucketNow();
      versions = currentVersions();
      learned.setVersions(versions);
      return versions;
    },
  };
}

/** A decision that no policy made: an operator's, a pin's, a test's. */
export function forcedDecision(plan: Plan, reason: string): Decision {
  return { plan, propensity: 1, eligible: [planKey(plan)], policy: 'forced', reason };
}

/** Why a request cannot be answered by any candidate. */
export function noEligibleModelError(config: ResolvedFeature, wants: RequestRequirements): RouterError {
  const path = `features[${JSON.stringify(config.name)}].candidates`;
  const { provider } = wants;
  if (provider !== undefined && config.candidates.every(model => model.provider !== provider)) {
    return new RouterError('wrong-provider', `no candidate speaks the ${provider} API this client calls`, {
      path,
      accepted: [...new Set(config.candidates.map(model => `a ${model.provider} client`))],
    });
  }
  return new RouterError('no-eligible-candidate', 'no candidate can do all that the request asks for', {
    path,
    accepted: `a candidate that is switched on, without \`lacks\` for: ${[...wants.capabilities()].join(', ')}`,
  });
}
