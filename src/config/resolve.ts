/** Checks and resolves a configuration. The first mistake is a RouterError with its path. */
import { enumeratePlans, plansWithAlarms } from '../core/beliefs/plan-graph.ts';
import type { NumbersContext } from '../core/beliefs/number-model.ts';
import type { ObservedContext } from '../core/ledger/context-buckets.ts';
import { toNanoUsd } from '../core/ledger/money.ts';
import { RouterError, unknownName } from '../errors.ts';
import { withHoldout } from '../policies/holdout.ts';
import type { Policy } from '../contracts/policy.ts';
import type { ContextConfig, Duration, FeatureConfig, Validator } from './application.ts';
import type { BudgetConfig } from './budget-config.ts';
import type { RouterConfig } from './router-config.ts';
import { adoptionOf } from './adoption.ts';
import { defined } from './defined.ts';
import { durationMs } from './duration.ts';
import { BACKOFF_BASE_MS } from './limits.ts';
import type { ResolvedBudget, ResolvedConfig, ResolvedFeature, ResolvedModel, ResolvedSilence } from './resolved.ts';
import { pathText } from './path-text.ts';
import { configuredPriors, resolvePrior } from './prior.ts';
import { resolveModel } from './resolve-model.ts';
import { schemaError } from './schema-error.ts';
import { routerSchema } from './schema.ts';
import { issuesOf } from './shape.ts';

const DEFAULT_RETRIES = 2;
const DEFAULT_VALIDATE_WITHIN_MS = 30_000;
const DEFAULT_LATENCY_FRACTION = 0.95;
const DEFAULT_REFRESH_MS = 2_000;

/** @throws RouterError `invalid-config`, `unknown-model` or `unknown-price`, with the path of the mistake. */
export function resolveConfig(config: RouterConfig, defaults: { readonly policy: Policy }): ResolvedConfig {
  checkShape(config);
  const models = new Map<string, ResolvedModel>();
  for (const [name, model] of Object.entries(config.models))
    models.set(name, resolveModel(name, model, { config, models }));
  const features = new Map<string, ResolvedFeature>();
  for (const [name, feature] of Object.entries(config.features)) {
    features.set(name, resolveFeature(name, feature, { models, defaultPolicy: config.policy ?? defaults.policy }));
  }
  return {
    models,
    features,
    refreshMs: optionalMs(config.refresh) ?? DEFAULT_REFRESH_MS,
    ...defined('priceList', config.priceList),
    ...defined('budget', budgetOf(config.budget)),
  };
}

function checkShape(config: RouterConfig): void {
  const issues = issuesOf(routerSchema, config);
  if (issues.length > 0) throw schemaError(issues, config);
}

/** Paths inside one feature, for errors. */
type FeaturePath = (...keys: readonly PropertyKey[]) => string;

function candidatesOf(
  { candidates }: FeatureConfig,
  models: ReadonlyMap<string, ResolvedModel>,
  path: FeaturePath,
): readonly ResolvedModel[] {
  return candidates.map((name, i) => {
    const model = models.get(name);
    const where = path('candidates', i);
    if (model === undefined) {
      throw unknownName('model', name, { path: where, accepted: models.keys() });
    }
    if (candidates.indexOf(name) < i)
      throw new RouterError('invalid-config', `"${name}" is listed twice`, {
        path: where,
        accepted: 'each model once',
      });
    return model;
  });
}

/** Checks of options that depend on each other. @throws RouterError */
function checkFeature(
  feature: FeatureConfig,
  { path, hasVerdict, retries }: { readonly path: FeaturePath; readonly hasVerdict: boolean; readonly retries: number },
): void {
  if (feature.failureCostUsd === undefined && feature.accept === undefined) {
    throw new RouterError('invalid-config', 'without a failure cost the cheapest tokens always win', {
      path: path('failureCostUsd'),
      accepted: "USD that one failed intent costs, or accept: 'failure is free'",
    });
  }
  const accepted: readonly string[] = feature.candidates;
  const checkCandidate = (name: string, where: string): void => {
    if (accepted.includes(name)) return;
    throw new RouterError('unknown-model', `"${name}" is not a candidate of this feature`, {
      path: where,
      accepted,
      given: name,
    });
  };
  for (const model of Object.keys(configuredPriors(feature))) checkCandidate(model, path('prior', model));
  if (feature.holdout !== undefined) checkCandidate(feature.holdout.model, path('holdout', 'model'));
  if (feature.ownModel !== undefined) checkCandidate(feature.ownModel, path('ownModel'));
  if (feature.hold !== undefined && !hasVerdict) {
    throw new RouterError('invalid-config', 'there is no verdict to wait for', {
      path: path('hold'),
      accepted: '`validate` or `checks` beside it',
    });
  }
  if (feature.onStuck !== undefined && hasVerdict) {
    throw new RouterError('invalid-config', 'a plan moves on at a rejected reply or at an alarm', {
      path: path('onStuck'),
      accepted: 'no `validate` and no `checks` beside it',
    });
  }
  if (feature.outcomeOf === 'session') checkSessionUnit(feature, path);
  const deadlineMs = optionalMs(feature.deadline);
  if (deadlineMs !== undefined && retries > 0 && deadlineMs <= BACKOFF_BASE_MS) {
    throw new RouterError('invalid-config', `${deadlineMs} ms leave no time for a retry`, {
      path: path('deadline'),
      accepted: `more than ${BACKOFF_BASE_MS} ms, or \`retries: 0\``,
    });
  }
}

/**
 * Where a session is the unit, no intent precedes another: the cost of sending its own conversation again is a part of its cost, and no
 * user returns to an earlier intent.
 */
function checkSessionUnit({ returns, sessionCosts }: FeatureConfig, path: FeaturePath): void {
  const name = returns !== undefined ? 'returns' : sessionCosts === true ? 'sessionCosts' : undefined;
  if (name === undefined) return;
  throw new RouterError(
    'invalid-config',
    'it applies to the intents of a session, and here the whole session is one intent',
    {
      path: path(name),
      accepted: "`outcomeOf: 'session'` without it",
    },
  );
}

function validatorsOf({ validate }: FeatureConfig): ResolvedFeature['validators'] {
  if (validate === undefined) return [];
  return Array.isArray(validate) ? validate : [validate as Validator];
}

function resolveFeature(
  name: string,
  feature: FeatureConfig,
  { models, defaultPolicy }: { readonly models: ReadonlyMap<string, ResolvedModel>; readonly defaultPolicy: Policy },
): ResolvedFeature {
  const path: FeaturePath = (...keys) => pathText(['features', name, ...keys]);
  const candidates = candidatesOf(feature, models, path);
  const validators = validatorsOf(feature);
  const checks = feature.checks ?? {};
  const hasVerdict = validators.length > 0 || Object.values(checks).some(Boolean);
  const retries = feature.retries ?? DEFAULT_RETRIES;
  checkFeature(feature, { path, hasVerdict, retries });
  const hasAlarms = feature.onStuck === 'learn';
  const place = { path: path('candidates') };
  const plans = hasAlarms
    ? plansWithAlarms(feature.candidates, place)
    : enumeratePlans(feature.candidates, hasVerdict, place);
  const policy = feature.policy ?? defaultPolicy;
  policy.check?.({ feature: name, plans, path: feature.policy === undefined ? 'policy' : path('policy') });
  const silence = resolveSilence(feature);
  const { observes, holdout } = adoptionOf(feature, path);
  return Object.freeze({
    name,
    candidates,
    plans,
    failureCostNanoUsd: toNanoUsd(feature.failureCostUsd ?? 0),
    // With failures free, cost per intent alone would always buy the cheapest tokens.
    objective: feature.objective ?? (feature.failureCostUsd ? 'cost-per-intent' : 'cost-per-success'),
    signals: new Map(Object.entries(feature.signals ?? {})),
    validators,
    checks,
    hasVerdict,
    validateWithinMs: optionalMs(feature.validateWithin) ?? DEFAULT_VALIDATE_WITHIN_MS,
    // A stream that waits for its verdict would not be what the application's own model sends.
    hold: feature.hold === 'until-verdict' && observes === undefined,
    release: feature.release ?? 'first-event',
    isStateless: feature.stateless ?? false,
    movesOnFiltered: feature.onFiltered === 'next-model',
    ownPolicy: policy,
    policy:
      holdout === undefined
        ? policy
        : withHoldout(policy, holdout, { path: path(feature.holdout ? 'holdout' : 'rollout') }),
    ...resolvePrior(feature, candidates, path('prior')),
    retries,
    ...resolveContext(feature),
    ...(silence === undefined ? {} : { silence }),
    countsSessions: feature.outcomeOf === 'session',
    ...defined('returns', feature.returns && { withinMs: durationMs(feature.returns.within) ?? 0 }),
    ...defined('maxTurns', feature.maxTurns),
    hasAlarms,
    ...defined('attemptTimeoutMs', optionalMs(feature.attemptTimeout)),
    ...defined('deadlineMs', optionalMs(feature.deadline)),
    ...defined('promptVersion', feature.promptVersion),
    // Where a session is the unit, it has no prefix: what it costs to send its own conversation again is a part of its cost.
    ...defined('sessionCosts', feature.outcomeOf === 'session' ? false : feature.sessionCosts),
    ...defined('minSuccessRate', feature.minSuccessRate),
    ...defined('latency', latencyOf(feature)),
    ...defined('budget', budgetOf(feature.budget)),
    ...defined('holdout', holdout),
    ...defined('observes', observes),
  });
}

/** Separates declared from observed context. The schema allows `'bucket'` and `'used'` for observed context only. */
function resolveContext({
  candidates,
  context = {},
}: FeatureConfig): Pick<ResolvedFeature, 'context' | 'observedContext' | 'numbers'> {
  const declared = new Map<string, Exclude<ContextConfig, string>>();
  const observedContext: ObservedContext[] = [];
  for (const [name, from] of Object.entries(context)) {
    if (from === 'bucket' || from === 'used') observedContext.push(name as ObservedContext);
    else declared.set(name, from);
  }
  const given = [...declared.values()].find((from): from is NumbersContext => 'numbers' in from);
  return {
    context: declared,
    observedContext,
    ...(given === undefined ? {} : { numbers: given.model.feature(given.numbers, candidates) }),
  };
}

function resolveSilence({ silence }: FeatureConfig): ResolvedSilence | undefined {
  if (silence === undefined) return undefined;
  const success = { success: true, failure: false, unknown: null }[silence.means];
  return { afterMs: optionalMs(silence.after) ?? 0, success, laterTurn: silence.laterTurn ?? 'withdraws' };
}

function latencyOf({ latency }: FeatureConfig): ResolvedFeature['latency'] {
  if (latency === undefined) return undefined;
  return { withinMs: optionalMs(latency.within) ?? 0, tolerance: 1 - (latency.fraction ?? DEFAULT_LATENCY_FRACTION) };
}

function budgetOf(budget: BudgetConfig | undefined): ResolvedBudget | undefined {
  if (budget === undefined) return undefined;
  const { usd, per, onLimit, expectedIntents } = budget;
  return { budgetUsd: usd, per, onLimit, ...defined('expectedIntents', expectedIntents) };
}

function optionalMs(duration: Duration | undefined): number | undefined {
  return duration === undefined ? undefined : durationMs(duration);
}
