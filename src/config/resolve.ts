/** Checks and resolves a configuration. The first mistake is a RouterError with its path. */
import { enumeratePlans } from '../core/beliefs/plan-graph.ts';
import type { ObservedContext } from '../core/ledger/context-buckets.ts';
import { toNanoUsd } from '../core/ledger/money.ts';
import { RouterError } from '../errors.ts';
import { withHoldout } from '../policies/holdout.ts';
import type { Policy } from '../contracts/policy.ts';
import { resolvePrice } from '../prices/price-book.ts';
import type { BudgetConfig, Duration, FeatureConfig, ModelConfig, NumberContext } from './application.ts';
import type { RouterConfig } from './router-config.ts';
import { durationMs } from './duration.ts';
import { BACKOFF_BASE_MS } from './limits.ts';
import type { ResolvedBudget, ResolvedConfig, ResolvedFeature, ResolvedModel, ResolvedSilence } from './resolved.ts';
import { pathText } from './path-text.ts';
import { schemaError } from './schema-error.ts';
import { routerSchema } from './schema.ts';

const DEFAULT_RETRIES = 2;
const DEFAULT_PRIOR_STRENGTH = 4;
const DEFAULT_VALIDATE_WITHIN_MS = 30_000;
const DEFAULT_LATENCY_FRACTION = 0.95;
const DEFAULT_REFRESH_MS = 2_000;

/** @throws RouterError `invalid-config`, `unknown-model` or `unknown-price`, with the path of the mistake. */
export function resolveConfig(config: RouterConfig, defaults: { readonly policy: Policy }): ResolvedConfig {
  checkShape(config);
  const models = new Map<string, ResolvedModel>();
  for (const [name, model] of Object.entries(config.models)) models.set(name, resolveModel(name, model));
  const features = new Map<string, ResolvedFeature>();
  for (const [name, feature] of Object.entries(config.features)) {
    features.set(name, resolveFeature(name, feature, models, config.policy ?? defaults.policy));
  }
  return {
    models,
    features,
    refreshMs: optionalMs(config.refresh) ?? DEFAULT_REFRESH_MS,
    ...defined('budget', budgetOf(config.budget)),
  };
}

function checkShape(config: RouterConfig): void {
  const result = routerSchema.safeParse(config);
  if (!result.success) throw schemaError(result.error.issues, { schema: routerSchema, config });
}

function resolveModel(name: string, model: ModelConfig): ResolvedModel {
  const price = resolvePrice({
    provider: model.provider,
    model: model.model,
    path: pathText(['models', name, 'price']),
    ...(model.baseURL === undefined ? {} : { baseURL: model.baseURL }),
    ...(model.price === undefined ? {} : { price: model.price }),
  });
  const { headers } = model;
  return Object.freeze({
    name,
    provider: model.provider,
    providerModel: model.model,
    price,
    lacks: new Set(model.lacks),
    endpoint: `${model.baseURL ?? model.provider}/${model.model}`,
    ...(model.baseURL === undefined ? {} : { baseURL: model.baseURL.replace(/\/+$/, '') }),
    ...(headers === undefined ? {} : { headers: typeof headers === 'function' ? headers : () => headers }),
    ...(model.transform === undefined ? {} : { transform: model.transform }),
  });
}

function resolveFeature(
  name: string,
  feature: FeatureConfig,
  models: ReadonlyMap<string, ResolvedModel>,
  policy: Policy,
): ResolvedFeature {
  const path = (...keys: readonly PropertyKey[]): string => pathText(['features', name, ...keys]);
  const known = (model: string, where: string): ResolvedModel => {
    const found = models.get(model);
    if (found === undefined) {
      throw new RouterError('unknown-model', `no model is named "${model}"`, {
        path: where,
        accepted: [...models.keys()],
        given: model,
      });
    }
    return found;
  };
  const candidates = feature.candidates.map((model, i) => known(model, path('candidates', i)));
  const names = candidates.map(model => model.name);
  const isCandidate = (model: string, where: string): void => {
    if (!names.includes(model)) {
      throw new RouterError('unknown-model', `"${model}" is no candidate of this feature`, {
        path: where,
        accepted: names,
        given: model,
      });
    }
  };
  const twice = names.findIndex((candidate, i) => names.indexOf(candidate) !== i);
  if (twice >= 0) {
    throw new RouterError('invalid-config', `"${names[twice]}" is listed twice`, { path: path('candidates', twice) });
  }
  if (feature.failureCostUsd === undefined && feature.accept === undefined) {
    throw new RouterError(
      'invalid-config',
      'without a failure cost the cheapest tokens always win, which is the mistake this library exists to prevent',
      { path: path('failureCostUsd'), accepted: "USD that one failed intent costs, or accept: 'failure is free'" },
    );
  }
  for (const model of Object.keys(feature.prior ?? {})) isCandidate(model, path('prior', model));
  if (feature.holdout !== undefined) isCandidate(feature.holdout.model, path('holdout', 'model'));
  const checks = feature.checks ?? {};
  const validators =
    feature.validate === undefined ? [] : Array.isArray(feature.validate) ? feature.validate : [feature.validate];
  const hasVerdict = validators.length > 0 || Object.values(checks).some(Boolean);
  if (feature.hold !== undefined && !hasVerdict) {
    throw new RouterError('invalid-config', 'there is no verdict to wait for', {
      path: path('hold'),
      accepted: '`validate` or `checks` beside it',
    });
  }
  const plans = enumeratePlans(names, hasVerdict, { path: path('candidates') });
  const chosen = feature.policy ?? policy;
  chosen.check?.({ feature: name, plans, path: feature.policy === undefined ? 'policy' : path('policy') });
  const silence = resolveSilence(feature);
  const retries = feature.retries ?? DEFAULT_RETRIES;
  const deadlineMs = optionalMs(feature.deadline);
  if (deadlineMs !== undefined && retries > 0 && deadlineMs <= BACKOFF_BASE_MS) {
    throw new RouterError('invalid-config', `${deadlineMs} ms leave no time for a retry`, {
      path: path('deadline'),
      accepted: `more than ${BACKOFF_BASE_MS} ms, or \`retries: 0\``,
    });
  }
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
    hold: feature.hold === 'until-verdict',
    policy: feature.holdout === undefined ? chosen : withHoldout(chosen, feature.holdout, { path: path('holdout') }),
    prior: new Map(
      Object.entries(feature.prior ?? {}).flatMap(([model, prior]) =>
        prior === undefined
          ? []
          : [[model, { success: prior.success, strength: prior.strength ?? DEFAULT_PRIOR_STRENGTH }]],
      ),
    ),
    retries,
    ...resolveContext(feature.context),
    ...(silence === undefined ? {} : { silence }),
    ...defined('maxTurns', feature.maxTurns),
    ...defined('attemptTimeoutMs', optionalMs(feature.attemptTimeout)),
    ...defined('deadlineMs', deadlineMs),
    ...defined('promptVersion', feature.promptVersion),
    ...defined('minSuccessRate', feature.minSuccessRate),
    ...defined('latency', latencyOf(feature)),
    ...defined('budget', budgetOf(feature.budget)),
    ...defined('holdout', feature.holdout),
  });
}

/** Declared and observed context apart. The schema allows `'bucket'` and `'used'` for observed context only. */
function resolveContext(context: FeatureConfig['context'] = {}): Pick<ResolvedFeature, 'context' | 'observedContext'> {
  const declared = new Map<string, readonly string[] | NumberContext>();
  const observedContext: ObservedContext[] = [];
  for (const [name, from] of Object.entries(context)) {
    if (from === 'bucket' || from === 'used') observedContext.push(name as ObservedContext);
    else declared.set(name, from);
  }
  return { context: declared, observedContext };
}

function resolveSilence({ silence }: FeatureConfig): ResolvedSilence | undefined {
  if (silence === undefined) return undefined;
  const success = { success: true, failure: false, unknown: null }[silence.means];
  return { afterMs: optionalMs(silence.after) ?? 0, success };
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

/** `{ [key]: value }`, or nothing: absent options stay absent. */
function defined<Key extends string, Value>(key: Key, value: Value | undefined): { readonly [K in Key]?: Value } {
  return value === undefined ? {} : ({ [key]: value } as { readonly [K in Key]?: Value });
}
