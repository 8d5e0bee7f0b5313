/** Checks of faults, and of the ways to send a reply. */
import { RouterError } from '../errors.ts';
import type { CheckedFields, FakeCheck } from './fake-check-rules.ts';
import {
  amount,
  flag,
  isObject,
  isPair,
  isStatus,
  isWhole,
  list,
  object,
  oneOf,
  optional,
  record,
  rule,
  text,
  whole,
} from './fake-check-rules.ts';
import type { FakeDelivery } from './fake-delivery.ts';
import type { FakeCapability, FakeVendor } from './fake-errors.ts';
import type { FakeEventFormat } from './fake-event-format.ts';
import type { FakeBreak, FakeErrorFormName, FakeFault } from './faults.ts';

const VENDOR_NAMES: Readonly<Record<FakeVendor, true>> = {
  openai: true,
  anthropic: true,
  azure: true,
  deepseek: true,
  groq: true,
  mistral: true,
  'new-api': true,
  openrouter: true,
  together: true,
  vllm: true,
  xai: true,
};
export const checkVendor: FakeCheck = oneOf(VENDOR_NAMES);

const CAPABILITY_NAMES: Readonly<Record<FakeCapability, true>> = {
  tools: true,
  schema: true,
  images: true,
  audio: true,
  files: true,
  stop: true,
  stream: true,
  'several-choices': true,
  reasoning: true,
};
const capability = oneOf(CAPABILITY_NAMES);
export const checkCapabilities: FakeCheck = list('a list of capabilities', capability);

const FORMAT_FIELDS: CheckedFields<FakeEventFormat> = {
  byteOrderMark: optional(flag),
  lineEnd: optional(rule(['\\n', '\\r\\n', '\\r'], value => ['\n', '\r\n', '\r'].includes(value as string))),
  spaceAfterColon: optional(flag),
  splitData: optional(flag),
  fieldsAfterData: optional(flag),
  comments: optional(flag),
  pings: optional(flag),
  lastBlankLine: optional(flag),
  done: optional(flag),
  usageChunk: optional(flag),
};
const DELIVERY_FIELDS: CheckedFields<FakeDelivery> = {
  contentType: optional(rule('a content type, or null for none', value => value === null || typeof value === 'string')),
  headers: optional(record('an object with headers', text)),
  encoding: optional(oneOf({ gzip: true, br: true, deflate: true })),
  redirect: optional(rule('307 or 308', value => value === 307 || value === 308)),
  headersAfterMs: optional(amount),
  firstEventAfterMs: optional(amount),
  events: optional(object(FORMAT_FIELDS)),
  chunkBytes: optional(
    rule(
      'a whole number, 1 or more, or [min, max]',
      isPair(value => isWhole(value) && value !== 0),
    ),
  ),
  staleConnection: optional(flag),
};
export const checkDelivery: FakeCheck = object(DELIVERY_FIELDS);

const delivery = optional(checkDelivery);
const kind: FakeCheck = () => undefined;
const afterEvents = whole;
const BREAK_NAMES: Readonly<Record<FakeBreak, true>> = { reset: true, close: true, 'half-close': true };
const by = optional(oneOf(BREAK_NAMES));
const retryAfter: FakeCheck = (value, path) => {
  const dateInMs = optional(rule('a number of milliseconds', Number.isFinite));
  object({ seconds: optional(amount), ms: optional(amount), dateInMs, text: optional(text) })(value, path);
  rule('one of seconds, ms, dateInMs and text', given => Object.keys(given as object).length === 1)(value, path);
};

const FORM_NAMES: Readonly<Record<FakeErrorFormName, true>> = { http: true, json: true, event: true, reply: true };
const sentAs = optional(oneOf(FORM_NAMES));
const vendor = optional(checkVendor);

/** An error has fields of its own, those of every error, and those of its form. */
function error(own: Readonly<Record<string, FakeCheck>> = {}): FakeCheck {
  const known = {
    kind,
    ...own,
    vendor,
    retryAfter: optional(retryAfter),
    shouldRetry: optional(flag),
    sentAs,
    delivery,
  };
  const outside = object(known);
  const event = object({ ...known, afterEvents: optional(afterEvents) });
  const reply = object({ ...known, afterEvents: optional(afterEvents), reportsUsage: optional(flag) });
  return (value, path) => {
    const given = isObject(value) ? value.sentAs : undefined;
    (given === 'event' ? event : given === 'reply' ? reply : outside)(value, path);
  };
}

export const errorStatus = rule('an error status, 400 to 599', isStatus(400));
const FAULTS: Readonly<Record<FakeFault['kind'], FakeCheck>> = {
  status: error({ status: errorStatus }),
  'invalid-key': error(),
  'no-credit': error(),
  'no-permission': error(),
  'unknown-model': error(),
  'retired-model': error(),
  'request-too-large': error(),
  'content-filter': error(),
  'context-too-long': error({ limit: optional(whole) }),
  'output-too-long': error({ limit: whole }),
  'unsupported-parameter': error({ parameter: text }),
  'unsupported-value': error({ parameter: text }),
  'unsupported-capability': error({ capability }),
  html: object({ kind, status: rule('an HTTP status, 200 to 599', isStatus(200)), delivery }),
  reset: object({ kind, by, delivery }),
  silent: object({ kind, delivery }),
  slow: object({ kind, delayMs: optional(amount), betweenEventsMs: optional(amount), delivery }),
  malformed: object({ kind, delivery }),
  truncate: object({ kind, afterEvents, delivery }),
  cut: object({ kind, afterEvents, by, delivery }),
  pause: object({ kind, afterEvents, delivery }),
  delivery: object({ kind, delivery: checkDelivery }),
};

/** @throws RouterError `invalid-value` */
export const checkFault: FakeCheck = (value, path) => {
  rule('a fault: { kind }', isObject)(value, path);
  const given = (value as Readonly<Record<string, unknown>>).kind;
  const accepted = Object.keys(FAULTS);
  if (typeof given !== 'string' || !accepted.includes(given)) {
    const details = { path: `${path}.kind`, accepted, ...(typeof given === 'string' ? { given } : {}) };
    throw new RouterError('invalid-value', 'no fault has this kind', details);
  }
  FAULTS[given as FakeFault['kind']](value, path);
};
