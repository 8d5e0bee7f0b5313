/** The run-time shape of the configuration (zod). Types give most of this at compile time; JavaScript callers get it here. */
// This path is version 4 in zod 3.25 and in zod 4.
import * as z from 'zod/v4';
import { MAX_FACT_USD } from '../core/ledger/money.ts';
import { durationMs } from './duration.ts';

const name = (what: string) =>
  z
    .string()
    .min(1, `a ${what} name must not be empty`)
    .regex(/^[^#~>!@\s:]+$/, `a ${what} name must not contain "#", "~", ">", "!", "@", ":" or white space`);

const duration = z
  .union([z.number(), z.string()])
  .refine(value => durationMs(value) !== undefined, 'expected milliseconds (≥ 0), or a number with ms, s, m, h or d');

const usd = z.number().min(0).max(MAX_FACT_USD);
const fraction = z.number().min(0).max(1);
const anyFunction = z.custom<(...args: never[]) => unknown>(
  value => typeof value === 'function',
  'expected a function',
);

const isValidator = (value: unknown): boolean =>
  typeof value === 'function' || (typeof value === 'object' && value !== null && '~standard' in value);

const validators = z.custom(
  value => (Array.isArray(value) ? value.length > 0 && value.every(isValidator) : isValidator(value)),
  'expected a Standard Schema (zod, valibot, arktype …), a function of the reply, or a list of them',
);

const transform = z.strictObject({
  rename: z.record(z.string(), z.string()).optional(),
  drop: z.array(z.string()).optional(),
  clamp: z.record(z.string(), z.number()).optional(),
});

const capability = z.enum(['tools', 'schema', 'images', 'audio', 'stop', 'several-choices', 'reasoning']);

const model = z.strictObject({
  provider: z.enum(['openai', 'anthropic', 'other']),
  model: z.string().min(1),
  baseURL: z.url().optional(),
  headers: z.union([z.record(z.string(), z.string()), anyFunction]).optional(),
  // The price book checks its own shape, and says more than a union of shapes could.
  price: z.unknown().optional(),
  transform: transform.optional(),
  lacks: z.array(capability).optional(),
});

const policy = z.custom(
  value => typeof value === 'object' && value !== null && 'decide' in value && typeof value.decide === 'function',
  'expected a policy: thompson(), fixed(…), epsilonGreedy(…), or an object with name and decide()',
);

const budget = z.strictObject({
  usd: z.number().positive(),
  per: z.enum(['day', 'month']),
  onLimit: z.enum(['refuse', 'cheapest', 'alert']),
  expectedIntents: z.int().min(1).optional(),
});

const cuts = z
  .array(z.number())
  .min(1)
  .refine(
    numbers => numbers.every((cut, i) => i === 0 || cut > (numbers[i - 1] as number)),
    'cuts are ascending, each once',
  );

const feature = z.strictObject({
  candidates: z.array(z.string()).min(1, 'at least one candidate is needed'),
  failureCostUsd: usd.optional(),
  accept: z.literal('failure is free').optional(),
  objective: z.enum(['cost-per-intent', 'cost-per-success']).optional(),
  signals: z.record(name('signal'), z.union([z.boolean(), anyFunction])).optional(),
  silence: z.strictObject({ after: duration, means: z.enum(['success', 'failure', 'unknown']) }).optional(),
  validate: validators.optional(),
  checks: z
    .strictObject({
      json: z.boolean().optional(),
      refusal: z.boolean().optional(),
      cutOff: z.boolean().optional(),
      empty: z.boolean().optional(),
    })
    .optional(),
  validateWithin: duration.optional(),
  hold: z.literal('until-verdict').optional(),
  maxTurns: z.int().min(1, 'maxTurns counts requests on one candidate: at least 1').optional(),
  policy: policy.optional(),
  prior: z
    .record(z.string(), z.strictObject({ success: fraction, strength: z.number().positive().max(10).optional() }))
    .optional(),
  retries: z.int().min(0).max(10).optional(),
  attemptTimeout: duration.optional(),
  deadline: duration.optional(),
  promptVersion: z.string().regex(/^\S+$/, 'a prompt version has no white space').optional(),
  context: z
    .record(
      name('context'),
      z.union([z.array(name('context value')).min(1), z.strictObject({ cuts }), z.enum(['bucket', 'used'])]),
    )
    .refine(
      context =>
        Object.entries(context).every(([key, from]) => from !== 'bucket' || key === 'length' || key === 'turns'),
      "only `length` and `turns` can be a 'bucket'; list the values of the others, or the cuts of a number",
    )
    .refine(
      context => Object.entries(context).every(([key, from]) => from !== 'used' || key === 'tools'),
      "only `tools` can be 'used'; list the values of the others, or the cuts of a number",
    )
    .optional(),
  minSuccessRate: fraction.optional(),
  latency: z.strictObject({ within: duration, fraction: fraction.optional() }).optional(),
  budget: budget.optional(),
  holdout: z.strictObject({ model: z.string(), fraction }).optional(),
});

export const routerSchema = z.strictObject({
  models: z
    .record(name('model'), model)
    .refine(models => Object.keys(models).length > 0, 'at least one model is needed'),
  features: z.record(name('feature'), feature),
  store: z
    .custom(
      value => typeof value === 'object' && value !== null && 'commit' in value,
      'expected a store: memory(), sqlite(path) …',
    )
    .optional(),
  policy: policy.optional(),
  observers: z.array(z.custom(value => typeof value === 'object' && value !== null)).optional(),
  budget: budget.optional(),
  onBudget: anyFunction.optional(),
  onDrift: anyFunction.optional(),
  onFailureCostMismatch: anyFunction.optional(),
  seed: z.union([z.string(), z.number()]).optional(),
  refresh: duration.optional(),
  spool: z.string().min(1).optional(),
});
