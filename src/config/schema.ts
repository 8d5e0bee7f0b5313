/** The run-time shape of the configuration (zod). Types give most of this at compile time; JavaScript callers get it here. */
// This path is version 4 in zod 3.25 and in zod 4.
import * as z from 'zod/v4';
import { MAX_FACT_USD } from '../core/ledger/money.ts';
import { isName, isStorable, MAX_NAME_LENGTH, MAX_NOTE_LENGTH, nameRule } from '../core/ledger/names.ts';
import { SESSION_KEPT_MS } from '../core/sessions/session-state.ts';
import { durationMs } from './duration.ts';
import { MAX_DURATION_MS } from './limits.ts';
import { modelSchema } from './model-schema.ts';
import { isFunction, isObject, number, options, positiveInteger, rule, text } from './schema-rules.ts';

const hasMethod = (value: unknown, name: string): boolean =>
  isObject(value) && isFunction((value as Readonly<Record<string, unknown>>)[name]);

const yesOrNo = rule('true or false', value => typeof value === 'boolean');
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
/** Sessions are kept no longer. */
const withinSession = durationFrom(1, `${WITH_UNIT}; from 1 ms to 24 h`, SESSION_KEPT_MS);

const name = (what: string) => rule<string>(nameRule(what), isName);

/** A segment is written as `name=value,name=value`. */
const contextName = (what: string) =>
  rule<string>(
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

const budget = z.strictObject({
  usd: number('USD above 0', value => value > 0 && Number.isFinite(value)),
  per: z.enum(['day', 'month']),
  onLimit: z.enum(['refuse', 'cheapest', 'alert']),
  expectedIntents: positiveInteger.optional(),
});

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

const context = z
  .record(
    contextName('context'),
    z.union(
      [
        z.array(contextName('context value')).min(1),
        z.custom(isNumbers),
        z.strictObject({ cuts }),
        z.enum(['bucket', 'used']),
      ],
      { error: CONTEXT },
    ),
  )
  .superRefine((given, { addIssue }) => {
    for (const [key, from] of Object.entries(given)) {
      const isObserved = from === 'bucket' ? key === 'length' || key === 'turns' : from !== 'used' || key === 'tools';
      if (!isObserved) addIssue({ code: 'custom', path: [key], input: from, params: { accepted: CONTEXT } });
    }
    const [, second] = Object.keys(given).filter(key => isNumbers(given[key]));
    const accepted = 'one list of all numbers';
    if (second !== undefined) addIssue({ code: 'custom', path: [second], input: given[second], params: { accepted } });
  });

const feature = z.strictObject({
  candidates: z.array(text).min(1),
  failureCostUsd: usd.optional(),
  accept: z.literal('failure is free').optional(),
  objective: z.enum(['cost-per-intent', 'cost-per-success']).optional(),
  signals: z
    .record(
      name('signal'),
      rule('true, false, or a function of the value', value => typeof value === 'boolean' || isFunction(value)),
    )
    .optional(),
  silence: z
    .strictObject({
      after: duration,
      means: z.enum(['success', 'failure', 'unknown']),
      laterTurn: z.enum(['withdraws', 'keeps']).optional(),
    })
    .optional(),
  outcomeOf: z.enum(['intent', 'session']).optional(),
  returns: z.strictObject({ within: withinSession, means: z.literal('failure') }).optional(),
  validate: validators.optional(),
  checks: options({
    json: yesOrNo.optional(),
    refusal: yesOrNo.optional(),
    cutOff: yesOrNo.optional(),
    empty: yesOrNo.optional(),
  }).optional(),
  validateWithin: limit.optional(),
  hold: z.literal('until-verdict').optional(),
  release: z.enum(['headers', 'output']).optional(),
  onFiltered: z.literal('next-model').optional(),
  stateless: yesOrNo.optional(),
  maxTurns: positiveInteger.optional(),
  policy: policy.optional(),
  prior: z
    .union([
      rule('evidence', value => hasMethod(value, 'of')),
      z.record(
        z.string(),
        z.strictObject({
          success: fraction,
          strength: number('outcomes, above 0 and at most 10', value => value > 0 && value <= 10).optional(),
        }),
      ),
    ])
    .optional(),
  retries: number(
    'an integer from 0 to 10',
    value => Number.isSafeInteger(value) && value >= 0 && value <= 10,
  ).optional(),
  attemptTimeout: limit.optional(),
  deadline: limit.optional(),
  promptVersion: rule(
    `text of 1 to ${MAX_NOTE_LENGTH} characters without white space or control characters`,
    value => isStorable(value, MAX_NOTE_LENGTH) && !/\s/.test(value),
  ).optional(),
  sessionCosts: z.boolean().optional(),
  context: context.optional(),
  minSuccessRate: fraction.optional(),
  latency: z.strictObject({ within: limit, fraction: fraction.optional() }).optional(),
  budget: budget.optional(),
  holdout: z.strictObject({ model: text, fraction }).optional(),
});

const isWire = (value: unknown): boolean =>
  ['matches', 'read', 'prepare', 'reply', 'reader', 'readError'].every(method => hasMethod(value, method)) &&
  ['name', 'provider', 'path'].every(name => typeof (value as Readonly<Record<string, unknown>>)[name] === 'string');

const STORE_METHODS =
  'features cells cellsSince intents load scan scanPages prunedCells commitAll generations claimDue correctCells prune maintain consistently close'.split(
    ' ',
  );

const store = STORE_METHODS.reduce(
  (all, method) => all.refine(value => hasMethod(value, method), { params: { accepted: `a store with ${method}()` } }),
  z.custom(),
);

export const routerSchema = z.strictObject({
  models: z
    .record(name('model'), modelSchema)
    .refine(models => Object.keys(models).length > 0, { params: { accepted: 'one model or more' } }),
  features: z.record(name('feature'), feature),
  store: store.optional(),
  policy: policy.optional(),
  observers: z.array(rule('an observer with a name', value => isObject(value) && 'name' in value)).optional(),
  wires: z
    .array(rule('a wire: name, provider, path, matches(), read(), prepare(), reply(), reader(), readError()', isWire))
    .optional(),
  // Checked like a price, by the price book.
  priceList: z.unknown().optional(),
  budget: budget.optional(),
  onBudget: hook.optional(),
  onDrift: hook.optional(),
  onFailureCostMismatch: hook.optional(),
  seed: rule('a number or text', value => typeof value === 'string' || typeof value === 'number').optional(),
  refresh: duration.optional(),
  spool: text.optional(),
});
