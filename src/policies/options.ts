/** Checks the options of a policy when it is created: a misspelt option or a wrong value would be ignored otherwise. */
import type { PolicyFeature } from '../contracts/policy.ts';
import type { PlanKey } from '../core/ledger/vocabulary.ts';
import { planKey } from '../core/ledger/vocabulary.ts';
import { checkNames, invalidValue, RouterError } from '../errors.ts';

/** The values that an option accepts, in words or as a list. */
export interface PolicyOption {
  readonly accepted: string | readonly string[];
  isValid(this: void, value: unknown): boolean;
}

export const PROBABILITY: PolicyOption = /* @__PURE__ */ Object.freeze({
  accepted: 'a number from 0 to 1',
  isValid: (value: unknown) => typeof value === 'number' && value >= 0 && value <= 1,
});

export const POSITIVE_INTEGER: PolicyOption = /* @__PURE__ */ Object.freeze({
  accepted: 'an integer of 1 or more',
  isValid: (value: unknown) => Number.isSafeInteger(value) && (value as number) >= 1,
});

export function oneOf(names: readonly string[]): PolicyOption {
  return { accepted: names, isValid: value => names.includes(value as string) };
}

/** @throws RouterError `invalid-value` with the path `policy.option` */
export function checkOptions(policy: string, options: object, known: Readonly<Record<string, PolicyOption>>): void {
  checkNames(options, Object.keys(known), policy);
  for (const [name, value] of Object.entries(options)) {
    if (value !== undefined) checkOption(`${policy}.${name}`, value, known[name] as PolicyOption);
  }
}

function checkOption(path: string, value: unknown, { accepted, isValid }: PolicyOption): void {
  if (isValid(value)) return;
  throw invalidValue(value, path, accepted);
}

/** @throws RouterError `invalid-config` when the feature has no such plan */
export function checkPlan(plan: PlanKey, { feature, plans, path }: PolicyFeature): void {
  const accepted = plans.map(planKey);
  if (accepted.includes(plan)) return;
  throw new RouterError('invalid-config', `"${feature}" has no plan "${plan}"`, { path, accepted, given: plan });
}
