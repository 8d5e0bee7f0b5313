/** The run-time shape of a configured model. */
// This path is version 4 in zod 3.25 and in zod 4.
import * as z from 'zod/v4';
import { EFFORTS } from '../core/ledger/effort.ts';
import { areHeaders, HEADERS, isAddress, isKey, KEY } from './endpoint-options.ts';
import { isFunction, isObject, number, options, rule, text } from './schema-rules.ts';

/** Above what any model gives: a slip of the keyboard. */
const MAX_OUTPUT_TOKENS = 10_000_000;

/** What `params.body` may not change: it would be another request, or one whose reply is read as another's. */
const NOT_IN_BODY = ['model', 'models', 'messages', 'input', 'system', 'instructions', 'stream', 'n'];

const isPlain = (value: unknown): boolean => isObject(value) && Object.getPrototypeOf(value) === Object.prototype;

const isJson = (value: unknown): boolean =>
  value === null ||
  ['string', 'boolean'].includes(typeof value) ||
  Number.isFinite(value) ||
  (Array.isArray(value) ? value.every(isJson) : isPlain(value) && Object.values(value as object).every(isJson));

/** Each field by itself, so that an error names it. */
const bodyFields = z.record(
  rule<string>(`fields other than ${NOT_IN_BODY.join(', ')}`, name => !NOT_IN_BODY.includes(name as string)),
  rule('a JSON value', isJson),
);

const params = options({
  effort: z.enum(EFFORTS).optional(),
  maxOutputTokens: number(
    `an integer from 1 to ${MAX_OUTPUT_TOKENS.toLocaleString('en')}`,
    value => Number.isSafeInteger(value) && value >= 1 && value <= MAX_OUTPUT_TOKENS,
  ).optional(),
  temperature: number('a number from 0 to 2', value => value >= 0 && value <= 2).optional(),
  serviceTier: rule(
    'a tier: flex, priority …',
    value => typeof value === 'string' && /^[\w.-]{1,64}$/.test(value),
  ).optional(),
  thinkingBudget: number('tokens, 1,024 or more', value => Number.isSafeInteger(value) && value >= 1_024).optional(),
  body: rule<Record<string, unknown>>('an object of JSON values', isPlain).pipe(bodyFields).optional(),
});

const transform = options({
  rename: z.record(z.string(), text).optional(),
  drop: z.array(text).optional(),
  dropValues: z.record(z.string(), z.array(z.union([z.string(), z.number(), z.boolean()]))).optional(),
  clamp: z.record(z.string(), number('a finite number', Number.isFinite)).optional(),
});

const capability = z.enum([
  'tools',
  'schema',
  'images',
  'files',
  'audio',
  'stop',
  'several-choices',
  'reasoning',
  'streaming',
]);

export const modelSchema = z
  .strictObject({
    provider: z.enum(['openai', 'anthropic', 'other']),
    model: text,
    baseURL: rule('a URL without a user or password: https://models.example.com/v1', isAddress).optional(),
    headers: rule(
      `${HEADERS}, or a function that returns one`,
      value => isFunction(value) || areHeaders(value),
    ).optional(),
    apiKey: rule(`${KEY}, or a function that returns one`, value => isFunction(value) || isKey(value)).optional(),
    api: z.enum(['openai-chat', 'openai-responses', 'anthropic-messages']).optional(),
    // The price book checks the shape of a price, with a clearer error than a union could give.
    price: z.unknown().optional(),
    servedAs: z.array(text).optional(),
    params: params.optional(),
    transform: transform.optional(),
    lacks: z.array(capability).optional(),
    contextTokens: number(
      'a whole number of tokens above 0',
      value => Number.isSafeInteger(value) && value > 0,
    ).optional(),
    cache: options({
      ttlMs: number('milliseconds above 0', value => Number.isFinite(value) && value > 0).optional(),
      minTokens: number('tokens, a whole number from 0', value => Number.isSafeInteger(value) && value >= 0).optional(),
    }).optional(),
  })
  .superRefine(({ provider, headers, apiKey, baseURL, api }, { addIssue }) => {
    const refuse = (option: string, accepted: string): void =>
      addIssue({ code: 'custom', path: [option], params: { accepted } });
    if (provider === 'other' && baseURL === undefined) {
      const beside = 'a baseURL beside it: no vendor is known whose address it could be for';
      if (apiKey !== undefined) refuse('apiKey', beside);
      else if (headers !== undefined) refuse('headers', beside);
    }
    if (api !== undefined && !api.startsWith(`${provider}-`)) refuse('api', `an API of the provider "${provider}"`);
  });
