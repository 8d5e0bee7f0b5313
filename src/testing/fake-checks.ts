/** Checks what a test configures and scripts at once: a mistake would otherwise break a later request, far from its cause. */
import { checkNames, RouterError } from '../errors.ts';
import type { FakeMeter } from './fake-api.ts';
import type { FakePrice } from './fake-bill.ts';
import { PRICE } from './fake-bill.ts';
import type { FakeModel } from './fake-model.ts';
import type { FakeFault } from './faults.ts';
import type { ScriptedReply } from './scripted-replies.ts';

type FakeCheck = (value: unknown, path: string) => void;
/** A check of every field, so that a field added to the type must be added here. */
type CheckedFields<Of> = { readonly [Name in keyof Required<Of>]: FakeCheck };

/** A value is never quoted: it may be a reply, or a key in the wrong place. */
function rule(accepted: string | readonly string[], holds: (value: unknown) => boolean): FakeCheck {
  return (value, path) => {
    if (!holds(value)) throw new RouterError('invalid-value', 'this value is not accepted', { path, accepted });
  };
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** An object with these fields and no others; a field is required where its check refuses `undefined`. */
function object(known: Readonly<Record<string, FakeCheck>>): FakeCheck {
  const names = Object.keys(known);
  return (value, path) => {
    if (!isObject(value)) {
      throw new RouterError('invalid-value', 'this value is not accepted', {
        path,
        accepted: `an object with ${names.join(', ')}`,
      });
    }
    checkNames(value, names, path);
    for (const [name, check] of Object.entries(known)) check(value[name], `${path}.${name}`);
  };
}

const optional =
  (check: FakeCheck): FakeCheck =>
  (value, path) => {
    if (value !== undefined) check(value, path);
  };

const isFunction = (value: unknown): boolean => typeof value === 'function';
const functionOr =
  (check: FakeCheck): FakeCheck =>
  (value, path) => {
    if (!isFunction(value)) check(value, path);
  };

/** Every value of an object under names of the test's choice. */
const record =
  (accepted: string, check: FakeCheck): FakeCheck =>
  (value, path) => {
    rule(accepted, isObject)(value, path);
    for (const [name, entry] of Object.entries(value as object)) check(entry, `${path}.${name}`);
  };

const list =
  (accepted: string, check: FakeCheck): FakeCheck =>
  (value, path) => {
    rule(accepted, Array.isArray)(value, path);
    for (const [index, entry] of (value as readonly unknown[]).entries()) check(entry, `${path}[${index}]`);
  };

const isAmount = (value: unknown): boolean => typeof value === 'number' && value >= 0 && Number.isFinite(value);
const isWhole = (value: unknown): boolean => Number.isSafeInteger(value) && isAmount(value);
const isStatus = (min: number) => (value: unknown) => isWhole(value) && Number(value) >= min && Number(value) <= 599;
const isPair = (holds: (value: unknown) => boolean) => (value: unknown) =>
  holds(value) ||
  (Array.isArray(value) && value.length === 2 && value.every(holds) && Number(value[0]) <= Number(value[1]));

const text = rule('a text', value => typeof value === 'string');
const whole = rule('a whole number, 0 or more', isWhole);
const amount = rule('a number, 0 or more', isAmount);
const tokenCount = rule('a whole number, 0 or more, or [min, max]', isPair(isWhole));
const latency = rule('milliseconds, 0 or more, or [min, max]', isPair(isAmount));
const probability = rule('a probability, 0 to 1', value => isAmount(value) && Number(value) <= 1);

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
  callsTools: optional(rule('true or false', value => typeof value === 'boolean')),
  unsupported: optional(list('names of parameters', text)),
};

/** @throws RouterError `invalid-value` */
export const checkModel: FakeCheck = object(MODEL_FIELDS);

const kind: FakeCheck = () => undefined;
const afterEvents = whole;
const retryAfter: FakeCheck = (value, path) => {
  object({ seconds: optional(amount), ms: optional(amount), dateInMs: optional(amount) })(value, path);
  rule('one of seconds, ms and dateInMs', given => Object.keys(given as object).length === 1)(value, path);
};
const errorStatus = rule('an error status, 400 to 599', isStatus(400));
const FAULTS: Readonly<Record<FakeFault['kind'], FakeCheck>> = {
  status: object({ kind, status: errorStatus, retryAfter: optional(retryAfter) }),
  html: object({ kind, status: rule('an HTTP status, 200 to 599', isStatus(200)) }),
  reset: object({ kind }),
  silent: object({ kind }),
  'unsupported-parameter': object({ kind, parameter: text }),
  'unsupported-value': object({ kind, parameter: text }),
  'unknown-model': object({ kind }),
  slow: object({ kind, delayMs: optional(amount), betweenEventsMs: optional(amount) }),
  malformed: object({ kind }),
  truncate: object({ kind, afterEvents }),
  cut: object({ kind, afterEvents }),
  pause: object({ kind, afterEvents }),
};

const fault: FakeCheck = (value, path) => {
  rule('a fault: { kind }', isObject)(value, path);
  const given = (value as Readonly<Record<string, unknown>>).kind;
  const accepted = Object.keys(FAULTS);
  if (typeof given !== 'string' || !accepted.includes(given)) {
    const details = { path: `${path}.kind`, accepted, ...(typeof given === 'string' ? { given } : {}) };
    throw new RouterError('invalid-value', 'no fault has this kind', details);
  }
  FAULTS[given as FakeFault['kind']](value, path);
};

/** What a schedule lists. @throws RouterError `invalid-value` */
export const checkFaults: FakeCheck = optional(functionOr(list('a list of faults, or a function', optional(fault))));

const OPTION_FIELDS: Readonly<Record<string, FakeCheck>> = {
  models: record('an object with models', checkModel),
  seed: optional(rule('a text or a number', value => typeof value === 'string' || typeof value === 'number')),
  runtime: optional(rule('a runtime: { nowMs }', value => isObject(value) && isFunction(value.nowMs))),
  faults: checkFaults,
  billsUnreported: optional(
    rule(['by-characters', 'actual', 'nothing'], value =>
      ['by-characters', 'actual', 'nothing'].includes(value as string),
    ),
  ),
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
  tokens: optional(tokens),
  latencyMs: optional(latency),
  fault: optional(fault),
};
const reply = object(REPLY_FIELDS);

/** @throws RouterError `invalid-value`, or `unknown-model` for a model that the provider does not have */
export function checkScript(script: unknown, path: string, models: readonly string[]): void {
  if (typeof script === 'string') return;
  if (typeof script === 'number') return errorStatus(script, path);
  rule('a text, an error status, a fault or a scripted reply', isObject)(script, path);
  if ('kind' in (script as object)) return fault(script, path);
  reply(script, path);
  const { model } = script as ScriptedReply;
  if (model === undefined || models.includes(model)) return;
  throw new RouterError('unknown-model', 'the fake provider has no such model', {
    path: `${path}.model`,
    accepted: models,
    given: model,
  });
}
