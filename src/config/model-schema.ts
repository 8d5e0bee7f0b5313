/** The run-time shape of a configured model. */
import { EFFORTS } from '../core/ledger/effort.ts';
import { isStorable, MAX_ID_LENGTH, storableText } from '../core/ledger/names.ts';
import { isText } from '../errors.ts';
import type { ModelConfig } from './application.ts';
import { areHeaders, HEADERS, isAddress, isKey, KEY } from './endpoint-options.ts';
import {
  anything,
  anyText,
  hinted,
  isFunction,
  isObject,
  listOf,
  number,
  object,
  oneOf,
  options,
  record,
  rule,
  text,
} from './schema-rules.ts';
import type { Refusal, Shape } from './shape.ts';

/** More than any model gives: a larger number is a typing error. */
const MAX_OUTPUT_TOKENS = 10_000_000;

/** Fields that `params.body` may not change, because it would be a different request, or its reply would be misread. */
const NOT_IN_BODY = ['model', 'models', 'messages', 'input', 'system', 'instructions', 'stream', 'n'];

const isPlain = (value: unknown): boolean => isObject(value) && Object.getPrototypeOf(value) === Object.prototype;

const isJson = (value: unknown): boolean =>
  value === null ||
  ['string', 'boolean'].includes(typeof value) ||
  Number.isFinite(value) ||
  (Array.isArray(value) ? value.every(isJson) : isPlain(value) && Object.values(value as object).every(isJson));

/** Each field is checked by itself, so that an error names it. */
const bodyFields = record(
  rule(`fields other than ${NOT_IN_BODY.join(', ')}`, name => !NOT_IN_BODY.includes(name as string)),
  rule('a JSON value', isJson),
);

const params = options({
  effort: oneOf(...EFFORTS),
  maxOutputTokens: number(
    'an integer from 1 to 10,000,000',
    value => Number.isSafeInteger(value) && value >= 1 && value <= MAX_OUTPUT_TOKENS,
  ),
  temperature: number('a number from 0 to 2', value => value >= 0 && value <= 2),
  serviceTier: rule('a tier: flex, priority …', value => typeof value === 'string' && /^[\w.-]{1,64}$/.test(value)),
  thinkingBudget: number('tokens, 1,024 or more', value => Number.isSafeInteger(value) && value >= 1_024),
  body: rule('an object of JSON values', isPlain, bodyFields),
});

/** The id is in every record of the ledger, so its length is limited. */
const modelId = rule(storableText(MAX_ID_LENGTH), value => isText(value) && isStorable(value, MAX_ID_LENGTH));

const transform = options({
  rename: record(anyText, text),
  drop: listOf(text),
  dropValues: record(
    anyText,
    listOf(
      rule(
        'text, a number, true or false',
        value => ['string', 'boolean'].includes(typeof value) || Number.isFinite(value),
      ),
    ),
  ),
  clamp: record(anyText, number('a finite number', Number.isFinite)),
});

const capability = oneOf(
  'tools',
  'schema',
  'images',
  'files',
  'audio',
  'stop',
  'several-choices',
  'reasoning',
  'streaming',
);

const provider = hinted(
  oneOf('openai', 'anthropic', 'other'),
  'a server that speaks the API of OpenAI or Anthropic is "openai" or "anthropic" with its baseURL; calls in router.run are "other"',
);

const model = object(
  { provider, model: modelId },
  {
    baseURL: rule('a URL without a user or password: https://models.example.com/v1', isAddress),
    headers: rule(`${HEADERS}, or a function that returns one`, value => isFunction(value) || areHeaders(value)),
    apiKey: rule(`${KEY}, or a function that returns one`, value => isFunction(value) || isKey(value)),
    api: oneOf('openai-chat', 'openai-responses', 'anthropic-messages'),
    // The price book checks the shape of a price, with a clearer error than a choice of shapes could give.
    price: anything,
    servedAs: listOf(text),
    params,
    transform,
    lacks: listOf(capability),
    contextTokens: number('a whole number of tokens above 0', value => Number.isSafeInteger(value) && value > 0),
    cache: options({
      ttlMs: number('milliseconds above 0', value => Number.isFinite(value) && value > 0),
      minTokens: number('tokens, a whole number from 0', value => Number.isSafeInteger(value) && value >= 0),
    }),
  },
);

export const modelSchema: Shape = {
  kind: 'joint',
  shape: model,
  refusals: ({ provider, headers, apiKey, baseURL, api }: ModelConfig): readonly Refusal[] => {
    const refusals: Refusal[] = [];
    if (provider === 'other' && baseURL === undefined) {
      const accepted = 'a baseURL beside it, because this model has no vendor whose address is known';
      if (apiKey !== undefined) refusals.push({ path: ['apiKey'], accepted });
      else if (headers !== undefined) refusals.push({ path: ['headers'], accepted });
    }
    if (api !== undefined && !api.startsWith(`${provider}-`))
      refusals.push({ path: ['api'], accepted: `an API of the provider "${provider}"` });
    return refusals;
  },
};
