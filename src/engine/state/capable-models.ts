/** Which candidates of a feature can serve a request: switched on, of the request's API, and with every capability that it needs. */
import type { ResolvedFeature, ResolvedModel } from '../../config/resolved.ts';
import type { Capability, Provider } from '../../contracts/wire.ts';
import type { PlanSet } from '../../core/ledger/plan-set.ts';
import { plansWhere } from '../../core/ledger/plan-set.ts';
import { RouterError } from '../../errors.ts';

export interface RequestRequirements {
  /** The API the request is written for; absent for `router.run`. */
  readonly provider?: Provider | 'other';
  /** Names the client's credentials: a refusal of them says nothing about another client's. Called only after failures. */
  readonly client?: () => string;
  /** The capabilities that the request needs. Called only if some candidate lacks a capability. */
  readonly capabilities: () => ReadonlySet<Capability>;
  /**
   * Models that are known to be unable to take this request, from refusals and context sizes. It only prefers the others:
   * where no other is left, the model is asked all the same and the provider's own refusal goes to the caller.
   */
  readonly unable?: ((model: ResolvedModel) => boolean) | undefined;
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
  /** The answer depends on the API alone while no candidate lacks anything and none is disabled: computed once per API. */
  const byProvider = new Map<RequestRequirements['provider'], CapableModels>();

  const capableOf = (models: readonly ResolvedModel[]): CapableModels => {
    const names = models.map(model => model.name);
    return { names, plans: plansWhere(plans, plan => plan.every(name => names.includes(name))) };
  };

  return requirements => {
    const { provider, unable } = requirements;
    const isStable = !hasLimits && disabled.size === 0 && unable === undefined;
    const known = isStable ? byProvider.get(provider) : undefined;
    if (known !== undefined) return known;
    const capable = candidates.filter(model => !disabled.has(model.name) && canServe(model, requirements));
    const able = unable === undefined ? capable : capable.filter(model => !unable(model));
    const found = capableOf(able.length > 0 ? able : capable);
    if (isStable) byProvider.set(provider, found);
    return found;
  };
}

/** Whether the model could, if it is switched on. */
function canServe(model: ResolvedModel, { provider, capabilities }: RequestRequirements): boolean {
  if (provider === undefined) return true;
  if (model.provider !== provider) return false;
  if (model.lacks.size > 0) for (const capability of capabilities()) if (model.lacks.has(capability)) return false;
  return true;
}

/** Why no candidate can serve a request. */
export function noEligibleModelError(config: ResolvedFeature, requirements: RequestRequirements): RouterError {
  const path = `features[${JSON.stringify(config.name)}].candidates`;
  const { provider } = requirements;
  if (provider !== undefined && config.candidates.every(model => model.provider !== provider)) {
    return new RouterError('wrong-provider', `no candidate speaks the ${provider} API this client calls`, {
      path,
      accepted: [...new Set(config.candidates.map(model => `a client of the ${model.provider} API`))],
    });
  }
  // A candidate that could serve it and does not is switched off.
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
