/**
 * Refuses slots in requests that cannot be routed, before they are sent. Loads with the first request that may have one.
 */
import type { Wire } from '../contracts/wire.ts';
import { RouterError } from '../errors.ts';
import { parseJson } from '../wires/json-fields.ts';
import { topLevelMembers } from '../wires/top-level.ts';
import type { TextRequest } from './route-call.ts';
import {
  AZURE_DEPLOYMENT,
  azureRefused,
  isRoutedUrl,
  isSigned,
  isSlotInUrl,
  NAMING_MODELS,
  routeCall,
  SLOT_IN_BODY,
} from './route-call.ts';
import { isSlot, SLOT_PREFIX } from './slot.ts';

/** Members that name models. */
const NAMES: ReadonlySet<string> = new Set(['model', 'models', 'deployment', 'fallbacks']);

/** The same names as fields of a form: `session[model]`. */
const NAMING_FIELD = /(?:^|\[)(?:models?|deployment)\b/;

/** Refuses a request that is signed, or that has a slot where nothing routes it. @throws RouterError */
export function refuseUnrouted(wires: readonly Wire[], request: TextRequest & { readonly init: RequestInit }): void {
  if (routeCall(wires, request) !== undefined) refuseSigned(request.url, request.init);
  else refuseLeak(wires, request);
}

/**
 * Returns normally where the request has no slot (`feature:…` in place of a model's name), so that it may be sent as it is.
 *
 * @throws RouterError `unsupported-client` or `invalid-value` for a slot in a request that nothing routes
 */
export function refuseLeak(wires: readonly Wire[], { url, body, target }: TextRequest): void {
  refuseSlotInUrl(url);
  if (!isRoutedUrl(wires, url)) {
    refuseSlot(body);
    return;
  }
  const request = parseJson(withoutMark(body));
  if (typeof request !== 'object' || request === null || Array.isArray(request)) {
    refuseSlot(body);
    return;
  }
  // Messages may hold anything, such as a tool's argument called `model`.
  const { model, ...parameters } = request as Readonly<Record<string, unknown>>;
  const namesFeature = hasSlot(model, true);
  if (url.includes(AZURE_DEPLOYMENT) && (namesFeature || target !== undefined)) throw azureRefused();
  if (NAMING_MODELS.some(name => hasSlot(parameters[name], NAMES.has(name)))) throw innerSlot();
  if (namesFeature || namesFeatureTwice(body)) throw unreadable();
}

/** True where one of several models is a slot: a server may read the first one as well as the last. */
function namesFeatureTwice(body: string): boolean {
  const members = topLevelMembers(withoutMark(body), { conversation: '' }) ?? [];
  return members.some(
    ({ key, valueStart }) => key === 'model' && withoutMark(body).startsWith(`"${SLOT_PREFIX}`, valueStart),
  );
}

/** @throws RouterError `invalid-value` for a body of another API, or lines of requests, in which a slot stands for a model */
export function refuseSlot(body: string): void {
  const text = withoutMark(body);
  const values = parseJson(text) ?? text.split('\n').map(parseJson);
  // A part of a file may be cut anywhere: it is not JSON.
  if (SLOT_IN_BODY.test(text) || hasSlot(values, false)) throw otherApi();
}

/** @throws RouterError `invalid-value` for a form in which a slot stands for a model */
export function refuseSlotField(name: string, value: string): void {
  if (NAMING_FIELD.test(name) && isSlot(value)) throw otherApi();
  if (value.startsWith('{')) refuseSlot(value);
}

/** @throws RouterError `unsupported-client` for a slot in the URL */
export function refuseSlotInUrl(url: string): void {
  if (!isSlotInUrl(url)) return;
  throw new RouterError('unsupported-client', 'this client has the model in the URL, where it cannot be routed', {
    path: 'client',
    accepted: 'a client that has the model in the body, or router.run around the call',
  });
}

/** @throws RouterError `unsupported-client` for a request whose body was signed */
export function refuseSigned(url: string, init: RequestInit): void {
  if (!isSigned(url, init)) return;
  throw new RouterError('unsupported-client', 'this client signs the body, and routing changes the model in it', {
    path: 'client',
    accepted: 'a client that authenticates with a key, or router.run around the call',
  });
}

/** A byte order mark is not part of the JSON. */
function withoutMark(text: string): string {
  return text.replace(/^\uFEFF/, '');
}

/** @param names true where the value is in a place that names a model */
function hasSlot(value: unknown, names: boolean): boolean {
  if (typeof value !== 'object' || value === null) return names && isSlot(value);
  if (Array.isArray(value)) return value.some(each => hasSlot(each, names));
  return Object.entries(value).some(([key, each]) => hasSlot(each, NAMES.has(key) || (names && key === 'id')));
}

function unreadable(): RouterError {
  return new RouterError('invalid-value', 'a feature must be named as it is, in the one `model` of the request', {
    path: 'model',
    accepted: 'JSON text whose `model` is a string without escapes',
  });
}

function innerSlot(): RouterError {
  return new RouterError('invalid-value', 'only the request’s own model can name a feature', {
    path: 'model',
    accepted: 'the provider’s name of a model inside a request',
  });
}

function otherApi(): RouterError {
  return new RouterError('invalid-value', 'only chat completions, responses and messages can name a feature', {
    path: 'model',
    accepted: 'the provider’s name of a model here, or router.run around the call',
  });
}
