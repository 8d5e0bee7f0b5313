/** Checks of arguments that several replays and simulations have in common. */
import type { ArgumentCheck } from '../../argument-checks.ts';
import { accepting, callback, objectWith, oneOf, optional, text } from '../../argument-checks.ts';
import type { Objective, Policy } from '../../contracts/policy.ts';

const decides = accepting(
  "a policy: fixed('premium'), namedPolicy('thompson').policy …",
  value => typeof (value as Policy | null | undefined)?.decide === 'function',
);
const members = objectWith<Policy>({
  name: text,
  decide: callback,
  check: optional(callback),
  allocation: optional(callback),
});

export const checkPolicy: ArgumentCheck = (value, path) => {
  decides(value, path);
  members(value, path);
};

export const checkObjective = oneOf(['cost-per-intent', 'cost-per-success'] satisfies readonly Objective[]);
