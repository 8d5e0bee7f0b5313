/** Checks a test's configuration and scripts at once: a mistake would otherwise break a later request, far from its cause. */
import { RouterError } from '../errors.ts';
import { FAKE_METERS } from './fake-tokens.ts';
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
import type { FakeCall, FakeServed } from './fake-statements.ts';
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
  outputImage: optional(usd),
  imageGenInput: optional(usd),
  imageGenInputImage: optional(usd),
  imageGenOutput: optional(usd),
  webSearch: optional(usd),
  fileSearch: optional(usd),
  codeSession: optional(usd),
  request: optional(usd),
};
const price = object(PRICE_FIELDS);

const count = optional(tokenCount);
const tokens = object(Object.fromEntries([...FAKE_METERS, 'reasoning'].map(meter => [meter, count])));

const MODEL_FIELDS: CheckedFields<FakeModel> = {
  price,
  tierPrices: optional(object({ flex: optional(price), priority: optional(price), batch: optional(price) })),
  speeds: optional(record('multipliers by speed', usd)),
  regions: optional(record('multipliers by region', usd)),
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

/** Checks the faults that a schedule lists. @throws RouterError `invalid-value` */
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

const json = rule('an object', isObject);
const SERVED_FIELDS: CheckedFields<FakeServed> = {
  model: optional(text),
  tier: optional(text),
  speed: optional(text),
  region: optional(text),
};
const CALL_FIELDS: CheckedFields<FakeCall> = {
  type: text,
  model: optional(text),
  tokens: object(Object.fromEntries(FAKE_METERS.map(meter => [meter, optional(whole)]))),
  declined: optional(text),
};
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
  served: optional(object(SERVED_FIELDS)),
  declined: optional(text),
  calls: optional(list('a list of calls', object(CALL_FIELDS))),
  items: optional(list('a list of output items or blocks', json)),
  toolUsage: optional(json),
  usage: optional(functionOr(json)),
  edit: optional(rule('a function of the JSON', isFunction)),
  costUsd: optional(usd),
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
