/**
 * Finds the candidates of a feature that can serve a request: switched on, callable by the request's API, and with every needed capability.
 */
import type { ResolvedFeature, ResolvedModel } from '../../config/resolved.ts';
import type { Capability, Provider } from '../../contracts/wire.ts';
import type { Api } from '../../translate/neutral/conversation.ts';
import type { Finding } from '../../translate/neutral/translator.ts';
import type { PlanSet } from '../../core/ledger/plan-set.ts';
import { plansWhere } from '../../core/ledger/plan-set.ts';
import { RouterError } from '../../errors.ts';

export interface RequestRequirements {
  /** The provider whose API the request is written for; absent for `router.run`. */
  readonly provider?: Provider | 'other';
  /** The request's API, if it is one of the three; absent for a wire that the application defines. */
  readonly api?: Api | undefined;
  /** Candidates that translation can reach; absent where there are none. */
  readonly translation?: Translation | undefined;
  /** Names the client's credentials: a refusal of them says nothing about another client's. Called only after failures. */
  readonly client?: () => string;
  /** The capabilities that the request needs. Called only if some candidate lacks a capability. */
  readonly capabilities: () => ReadonlySet<Capability>;
  /**
   * True for a model that is known, from refusals and context sizes, to be unable to take this request. Other models are
   * preferred to it; where no other is left, it is asked all the same and the provider's own refusal goes to the caller.
   */
  readonly unable?: ((model: ResolvedModel) => boolean) | undefined;
}

/** Whether candidates of another API than the request's can serve it. */
export interface Translation {
  /** The reasons why this model cannot serve the request; empty if it can. */
  hindrances(model: ResolvedModel): readonly Finding[];
}

export interface CapableModels {
  /** In climbing order. */
  readonly names: readonly string[];
  /** Plans whose models are all capable. */
  readonly plans: PlanSet;
}

/** @param disabled models that an operator has switched off, in every feature; may change between calls */
export function capableModels(
  { candidates, plans }: Pick<ResolvedFeature, 'candidates' | 'plans'>,
  disabled: ReadonlySet<string>,
): (requirements: RequestRequirements) => CapableModels {
  const hasLimits = candidates.some(model => model.lacks.size > 0);
  /**
   * The answer depends on the API alone while every candidate has all capabilities and none is disabled: computed once per
   * API.
   */
  const byApi = new Map<string | undefined, CapableModels>();

  const capableOf = (models: readonly ResolvedModel[]): CapableModels => {
    const names = models.map(model => model.name);
    return { names, plans: plansWhere(plans, plan => plan.every(name => names.includes(name))) };
  };

  return requirements => {
    const { provider, api = provider, translation, unable } = requirements;
    const isStable = !hasLimits && disabled.size === 0 && unable === undefined && translation === undefined;
    const known = isStable ? byApi.get(api) : undefined;
    if (known !== undefined) return known;
    const capable = candidates.filter(model => !disabled.has(model.name) && canServe(model, requirements));
    const able = unable === undefined ? capable : capable.filter(model => !unable(model));
    const found = capableOf(able.length > 0 ? able : capable);
    if (isStable) byApi.set(api, found);
    return found;
  };
}

/** Whether the model is called by the request's own API. */
export function speaks(
  { provider, apis }: Pick<ResolvedModel, 'provider' | 'apis'>,
  request: Pick<RequestRequirements, 'provider' | 'api'>,
): boolean {
  return provider === request.provider && (request.api === undefined || apis.includes(request.api));
}

/** Whether the model could serve the request, provided that it is switched on. */
function canServe(model: ResolvedModel, requirements: RequestRequirements): boolean {
  const { provider, translation, capabilities } = requirements;
  if (provider === undefined) return true;
  if (!speaks(model, requirements) && translation?.hindrances(model).length !== 0) return false;
  if (model.lacks.size > 0) for (const capability of capabilities()) if (model.lacks.has(capability)) return false;
  return true;
}

/** The error that says why no candidate can serve a request. */
export function noEligibleModelError(config: ResolvedFeature, requirements: RequestRequirements): RouterError {
  const path = `features[${JSON.stringify(config.name)}].candidates`;
  const { provider, translation } = requirements;
  if (translation !== undefined) return unreachable(config, requirements, translation);
  if (provider !== undefined && config.candidates.every(model => !speaks(model, requirements))) {
    return new RouterError('wrong-provider', `no candidate speaks the ${provider} API this client calls`, {
      path,
      accepted: [...new Set(config.candidates.flatMap(waysToReach))],
    });
  }
  // None of the candidates serves the request, so one that could is switched off.
  const off = config.candidates.filter(model => canServe(model, requirements));
  return off.length > 0
    ? new RouterError('no-eligible-candidate', 'every candidate that can serve this request is switched off', {
        path,
        accepted: off.map(({ name }) => `router.enable(${JSON.stringify(name)})`),
      })
    : new RouterError('no-eligible-candidate', 'no candidate can serve this request', {
        path,
        accepted: `a candidate that is switched on, without \`lacks\` for: ${[...requirements.capabilities()].join(', ')}`,
      });
}

/** Without a key of its own, a model of another vendor cannot be called. */
function waysToReach({ name, provider, apis, baseURL }: ResolvedModel): readonly string[] {
  const needsKey = apis.length > 0 && baseURL === undefined;
  return [`a client of the ${provider} API`, ...(needsKey ? [`\`models.${name}.apiKey\``] : [])];
}

/** Each candidate with the field or value of the request that prevents it from serving. */
function unreachable(
  config: ResolvedFeature,
  requirements: RequestRequirements,
  translation: Translation,
): RouterError {
  const accepted = config.candidates.map(model => {
    const hindrances = speaks(model, requirements) ? [] : translation.hindrances(model);
    // Several hindrances may concern one part of the request.
    const byPath = Map.groupBy(hindrances, ({ path }) => path);
    const reasons = Array.from(
      byPath,
      ([path, found]) => `${path}: ${found.map(({ reason }) => reason).join(', and ')}`,
    );
    return `${model.name}: ${reasons.length > 0 ? reasons.join('; ') : 'it is switched off, or lacks what the request needs'}`;
  });
  return new RouterError('no-eligible-candidate', `no candidate of "${config.name}" can serve this request`, {
    path: `features[${JSON.stringify(config.name)}].candidates`,
    accepted: `a request without what stands in the way of one: ${accepted.join(' | ')}`,
  });
}
