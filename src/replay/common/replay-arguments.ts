/** Checks of arguments that several replays and simulations have in common. */
import type { ArgumentCheck } from '../../argument-checks.ts';
import {
  aboveZero,
  accepting,
  callback,
  fraction,
  objectWith,
  oneOf,
  optional,
  recordOf,
  text,
} from '../../argument-checks.ts';
import type { PriorEvidence } from '../../contracts/prior.ts';
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

const rates = recordOf(
  'a prior by model: { mini: { success: 0.8 } }, or evidence: publicEvidence()',
  objectWith({ success: fraction, strength: optional(aboveZero) }),
);

export const checkPrior: ArgumentCheck = (value, path) => {
  if (typeof (value as Partial<PriorEvidence> | null)?.of !== 'function') rates(value, path);
};

export const checkObjective = oneOf(['cost-per-intent', 'cost-per-success'] satisfies readonly Objective[]);
