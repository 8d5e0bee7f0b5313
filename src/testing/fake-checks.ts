/** Checks what a test configures and scripts at once: a mistake would otherwise break a later request, far from its cause. */
import { RouterError } from '../errors.ts';
import type { FakeMeter } from './fake-api.ts';
import type { FakePrice } from './fake-bill.ts';
import { PRICE } from './fake-bill.ts';
import type { CheckedFields, FakeCheck } from './fake-check-rules.ts';
import {
  flag,
  functionOr,
  isFunction,
  isObject,
  isWhole,
  latency,
  list,
  object,
  oneOf,
  optional,
  probability,
  record,
  rule,
  text,
  tokenCount,
  whole,
} from './fake-check-rules.ts';
import type { FakeModel } from './fake-model.ts';
import { checkCapabilities, checkDelivery, checkFault, checkVendor, errorStatus } from './fault-checks.ts';
import type { ScriptedReply } from './scripted-replies.ts';

const usd = rule(
  'a decimal text of at most 12 places: "0.25"',
  value => typeof value === 'string' && PRICE.test(value),
);
const PRICE_FIELDS: CheckedFields<FakePrice> = {
  input: usd,
  output: usd,
  cacheRead: optional(usd),
  cacheWrite5m: optional(usd),
  cacheWrite1h: optional(usd),
  inputAudio: optional(usd),
  outputAudio: optional(usd),
  webSearch: optional(usd),
};
const price = object(PRICE_FIELDS);

const count = optional(tokenCount);
const TOKEN_FIELDS: CheckedFields<Record<FakeMeter | 'reasoning', unknown>> = {
  input: count,
  cacheRead: count,
  cacheWrite5m: count,
  cacheWrite1h: count,
  inputAudio: count,
  output: count,
  outputAudio: count,
  webSearch: count,
  reasoning: count,
};
const tokens = object(TOKEN_FIELDS);

const MODEL_FIELDS: CheckedFields<FakeModel> = {
  price,
  tierPrices: optional(object({ flex: optional(price), priority: optional(price), batch: optional(price) })),
  tokens: optional(functionOr(tokens)),
  latencyMs: optional(latency),
  success: optional((value, path) =>
    (isObject(value) ? record('probabilities by feature', probability) : probability)(value, path),
  ),
  text: optional(functionOr(text)),
  pieces: optional(rule('a whole number, 1 or more', value => isWhole(value) && value !== 0)),
  callsTools: optional(flag),
  unsupported: optional(list('names of parameters', text)),
  supportedValues: optional(
    record(
      'lists of values by parameter',
      list('a list of values', () => undefined),
    ),
  ),
  lacks: optional(checkCapabilities),
  contextTokens: optional(whole),
  maxOutputTokens: optional(whole),
  vendor: optional(checkVendor),
  delivery: optional(checkDelivery),
};

/** @throws RouterError `invalid-value` */
export const checkModel: FakeCheck = object(MODEL_FIELDS);

/** What a schedule lists. @throws RouterError `invalid-value` */
export const checkFaults: FakeCheck = optional(
  functionOr(list('a list of faults, or a function', optional(checkFault))),
);

const OPTION_FIELDS: Readonly<Record<string, FakeCheck>> = {
  models: record('an object with models', checkModel),
  seed: optional(rule('a text or a number', value => typeof value === 'string' || typeof value === 'number')),
  runtime: optional(rule('a runtime: { nowMs }', value => isObject(value) && isFunction(value.nowMs))),
  faults: checkFaults,
  billsUnreported: optional(oneOf({ 'by-characters': true, actual: true, nothing: true })),
  keepsRequests: optional(whole),
};

/** @throws RouterError `invalid-value` */
export const checkProviderOptions: FakeCheck = object(OPTION_FIELDS);

const toolArguments = rule('a value that JSON can say', value => {
  try {
    return JSON.stringify(value) !== undefined;
  } catch {
    return false;
  }
});

const REPLY_FIELDS: CheckedFields<ScriptedReply> = {
  model: optional(text),
  text: optional(text),
  refusal: optional(text),
  toolCalls: optional(list('a list of { name, arguments }', object({ name: text, arguments: toolArguments }))),
  image: optional(text),
  audio: optional(object({ data: text, transcript: text })),
  paused: optional(flag),
  tokens: optional(tokens),
  latencyMs: optional(latency),
  fault: optional(checkFault),
  delivery: optional(checkDelivery),
};
const reply = object(REPLY_FIELDS);

/** @throws RouterError `invalid-value`, or `unknown-model` for a model that the provider does not have */
export function checkScript(script: unknown, path: string, models: readonly string[]): void {
  if (typeof script === 'string') return;
  if (typeof script === 'number') return errorStatus(script, path);
  rule('a text, an error status, a fault or a scripted reply', isObject)(script, path);
  if ('kind' in (script as object)) return checkFault(script, path);
  reply(script, path);
  const { model } = script as ScriptedReply;
  if (model === undefined || models.includes(model)) return;
  throw new RouterError('unknown-model', 'the fake provider has no such model', {
    path: `${path}.model`,
    accepted: models,
    given: model,
  });
}
