/** The run-time shape of the configuration. Types give most of this at compile time; JavaScript callers get it here. */
import { MAX_FACT_USD } from '../core/ledger/money.ts';
import { isName, isStorable, MAX_NAME_LENGTH, MAX_NOTE_LENGTH, nameRule } from '../core/ledger/names.ts';
import { isText } from '../errors.ts';
import { SESSION_KEPT_MS } from '../core/sessions/session-state.ts';
import { durationMs } from './duration.ts';
import { MAX_DURATION_MS } from './limits.ts';
import { modelSchema } from './model-schema.ts';
import {
  anything,
  anyText,
  isFunction,
  isObject,
  listOf,
  listOfSome,
  number,
  object,
  oneOf,
  options,
  positiveInteger,
  record,
  rule,
  text,
  yesOrNo,
} from './schema-rules.ts';
import type { Refusal, Shape } from './shape.ts';

const hasMethod = (value: unknown, name: string): boolean =>
  isObject(value) && isFunction((value as Readonly<Record<string, unknown>>)[name]);

const usd = number(`USD from 0 to ${MAX_FACT_USD}`, value => value >= 0 && value <= MAX_FACT_USD);
const fraction = number('a number from 0 to 1', value => value >= 0 && value <= 1);
const hook = rule('a function', isFunction);
const durationFrom = (minMs: number, accepted: string, maxMs = MAX_DURATION_MS) =>
  rule(accepted, value => {
    const ms = typeof value === 'number' || typeof value === 'string' ? durationMs(value) : undefined;
    return ms !== undefined && ms >= minMs && ms <= maxMs;
  });

const WITH_UNIT = "milliseconds, or a number with a unit: '500ms', '30s', '30m', '12h', '7d'";
const duration = durationFrom(0, `${WITH_UNIT}; at most 100 years`);
/** A time limit. Zero would end every call at once; without the option there is no limit. */
const limit = durationFrom(1, `${WITH_UNIT}; from 1 ms to 100 years`);
/** At most the time for which sessions are kept. */
const withinSession = durationFrom(1, `${WITH_UNIT}; from 1 ms to 24 h`, SESSION_KEPT_MS);

const name = (what: string) => rule(nameRule(what), isName);

/** A segment is written as `name=value,name=value`. */
const contextName = (what: string) =>
  rule(
    `a ${what} name without "=", ",", "#", "~", ">", "!", "@", ":", white space or control characters, up to ${MAX_NAME_LENGTH} long`,
    value => isName(value) && !/[=,]/.test(value),
  );

const isValidator = (value: unknown): boolean => isFunction(value) || (isObject(value) && '~standard' in value);

const validators = rule(
  'a Standard Schema (zod, valibot, arktype …), a function of the reply, or a list of them',
  value => (Array.isArray(value) ? value.length > 0 && value.every(isValidator) : isValidator(value)),
);

const policy = rule(
  'a policy: thompson(), fixed(…), epsilonGreedy(…), or an object with name and decide()',
  value => hasMethod(value, 'decide') && 'name' in (value as object),
);

const budget = object(
  {
    usd: number('USD above 0', value => value > 0 && Number.isFinite(value)),
    per: oneOf('day', 'month'),
    onLimit: oneOf('refuse', 'cheapest', 'alert'),
  },
  { expectedIntents: positiveInteger },
);

const cuts = rule(
  'ascending numbers, each once: [0.3, 0.7]',
  value =>
    Array.isArray(value) &&
    value.length > 0 &&
    value.every((cut, i) => Number.isFinite(cut) && (i === 0 || cut > (value[i - 1] as number))),
);

/** The values accepted for each name in `context`. */
const CONTEXT =
  "a list of values, the cuts of a number { cuts: [0.3, 0.7] }, numbers(256), 'bucket' for length and turns, 'used' for tools";

const isNumbers = (value: unknown): boolean => isObject(value) && 'numbers' in value && 'model' in value;

const contextValues: Shape = {
  kind: 'either',
  shapes: [
    listOfSome(contextName('context value')),
    rule(CONTEXT, isNumbers),
    object({ cuts }),
    oneOf('bucket', 'used'),
  ],
  accepted: CONTEXT,
};

const context: Shape = {
  kind: 'joint',
  shape: record(contextName('context'), contextValues),
  refusals: (given: Readonly<Record<string, unknown>>): readonly Refusal[] => {
    const isObserved = (key: string): boolean =>
      given[key] === 'bucket' ? key === 'length' || key === 'turns' : given[key] !== 'used' || key === 'tools';
    const refusals = Object.keys(given)
      .filter(key => !isObserved(key))
      .map(key => ({ path: [key], accepted: CONTEXT }));
    const [, second] = Object.keys(given).filter(key => isNumbers(given[key]));
    return second === undefined ? refusals : [...refusals, { path: [second], accepted: 'one list of all numbers' }];
  },
};

const prior: Shape = {
  kind: 'either',
  shapes: [
    rule('evidence', value => hasMethod(value, 'of')),
    record(
      anyText,
      object(
        { success: fraction },
        { strength: number('outcomes, above 0 and at most 10', value => value > 0 && value <= 10) },
      ),
    ),
  ],
  accepted: 'a prior by model: { mini: { success: 0.8 } }, or evidence: publicEvidence()',
};

const feature = object(
  { candidates: listOfSome(text) },
  {
    failureCostUsd: usd,
    accept: oneOf('failure is free'),
    objective: oneOf('cost-per-intent', 'cost-per-success'),
    signals: record(
      name('signal'),
      rule('true, false, or a function of the value', value => typeof value === 'boolean' || isFunction(value)),
    ),
    silence: object(
      { after: duration, means: oneOf('success', 'failure', 'unknown') },
      { laterTurn: oneOf('withdraws', 'keeps') },
    ),
    outcomeOf: oneOf('intent', 'session'),
    returns: object({ within: withinSession, means: oneOf('failure') }),
    validate: validators,
    checks: options({ json: yesOrNo, refusal: yesOrNo, cutOff: yesOrNo, empty: yesOrNo }),
    validateWithin: limit,
    hold: oneOf('until-verdict'),
    release: oneOf('headers', 'output'),
    onFiltered: oneOf('next-model'),
    stateless: yesOrNo,
    maxTurns: positiveInteger,
    onStuck: oneOf('learn'),
    policy,
    mode: oneOf('observe', 'route'),
    ownModel: text,
    rollout: fraction,
    share: fraction,
    prior,
    retries: number('an integer from 0 to 10', value => Number.isSafeInteger(value) && value >= 0 && value <= 10),
    attemptTimeout: limit,
    deadline: limit,
    promptVersion: rule(
      `text of 1 to ${MAX_NOTE_LENGTH} characters without white space or control characters`,
      value => isStorable(value, MAX_NOTE_LENGTH) && !/\s/.test(value),
    ),
    sessionCosts: yesOrNo,
    context,
    minSuccessRate: fraction,
    latency: object({ within: limit }, { fraction }),
    budget,
    holdout: object({ model: text, fraction }),
  },
);

const isWire = (value: unknown): boolean =>
  ['matches', 'read', 'prepare', 'reply', 'reader', 'readError'].every(method => hasMethod(value, method)) &&
  ['name', 'provider', 'path'].every(name => typeof (value as Readonly<Record<string, unknown>>)[name] === 'string');

const STORE_METHODS =
  'features cells cellsSince intents load scan scanPages prunedCells commitAll generations claimDue correctCells prune maintain consistently close'.split(
    ' ',
  );

const store: Shape = {
  kind: 'joint',
  shape: anything,
  refusals: (value: unknown): readonly Refusal[] =>
    STORE_METHODS.filter(method => !hasMethod(value, method)).map(method => ({
      path: [],
      accepted: `a store with ${method}()`,
    })),
};

const models: Shape = {
  kind: 'joint',
  shape: record(name('model'), modelSchema),
  refusals: (given: object): readonly Refusal[] =>
    Object.keys(given).length > 0 ? [] : [{ path: [], accepted: 'one model or more' }],
};

export const routerSchema = object(
  { models, features: record(name('feature'), feature) },
  {
    store,
    policy,
    observers: listOf(rule('an observer with a name', value => isObject(value) && 'name' in value)),
    wires: listOf(
      rule('a wire: name, provider, path, matches(), read(), prepare(), reply(), reader(), readError()', isWire),
    ),
    // The list is checked like a price, by the price book.
    priceList: anything,
    budget,
    onBudget: hook,
    onDrift: hook,
    onFailureCostMismatch: hook,
    seed: rule('a number or text', value => typeof value === 'string' || typeof value === 'number'),
    refresh: duration,
    spool: rule('the name of a file', value => isText(value) && !value.includes('\0')),
    // Only editors read this member.
    $schema: text,
  },
);
