/**
 * Finds the requests that are routed: those of a known API whose model slot names a feature. Any other slot is refused (`slot-leaks.ts`).
 */
import type { RequestFacts, Wire } from '../contracts/wire.ts';
import { RouterError } from '../errors.ts';
import { SLOT_PREFIX } from './slot.ts';
import { countingWire } from './count-call.ts';

/** A request that is routed. */
export interface CallRoute {
  readonly wire: Wire;
  readonly url: string;
  readonly body: string;
  readonly facts: RequestFacts;
  /** True for a call that counts tokens, which is not a request of an intent. */
  readonly counts: boolean;
}

/** Azure has the deployment in the URL and ignores the model in the body. */
export const AZURE_DEPLOYMENT = '/openai/deployments/';

/**
 * Bedrock, Vertex and `models.retrieve` have the model in the path, WebSockets in the query. It may be percent-encoded more
 * than once.
 */
const SLOT_IN_URL = /(?:\/(?:models?|deployments)\/|[?&]model=)feature(?::|%(?:25)*3a)/i;

/** A model's name anywhere in a JSON body, or in a list of models. Quotes inside a text are escaped, so no prompt matches. */
export const SLOT_IN_BODY = /"(?:models?|deployment|fallbacks)"\s*:\s*(?:\[[^\]]*)?"feature:/;

/** Parameters of a routed request that name further models. */
export const NAMING_MODELS = ['tools', 'fallbacks', 'models'];

export interface TextRequest {
  readonly url: string;
  readonly body: string;
  /** The slot for a request whose body has another model than a slot; absent: such a request is not routed. */
  readonly target?: string | undefined;
}

export function isRoutedUrl(wires: readonly Wire[], url: string): boolean {
  return wires.some(wire => wire.matches(url)) || countingWire(wires, url) !== undefined;
}

/** The route of a request; `undefined` where it is not routed, or names a feature where nothing routes it: see {@link mayNameFeature}. */
export function routeCall(wires: readonly Wire[], { url, body, target }: TextRequest): CallRoute | undefined {
  const requestWire = wires.find(candidate => candidate.matches(url));
  const wire = requestWire ?? countingWire(wires, url);
  const facts = wire?.read(body, requestWire === undefined || target === undefined ? SLOT_PREFIX : '');
  if (wire === undefined || facts === undefined || url.includes(AZURE_DEPLOYMENT)) return undefined;
  if (NAMING_MODELS.some(name => namesSlot(name, facts.parameter(name)))) return undefined;
  return { wire, url, body, facts, counts: requestWire === undefined };
}

function namesSlot(name: string, value = ''): boolean {
  return value.includes(SLOT_PREFIX) && SLOT_IN_BODY.test(`"${name}":${value}`);
}

/** True for a request without a route that must be examined, because a slot may be in it. */
export function mayNameFeature({ body, target }: Pick<TextRequest, 'body' | 'target'>): boolean {
  // In JSON, the first letter of the slot may be escaped.
  return target !== undefined || body.includes(SLOT_PREFIX) || body.includes('\\u0066eature');
}

/**
 * The beginning of our envelopes. The last part makes it a pattern, for which V8 checks about every fifth character; with a
 * plain string, the search would stop at every quote, and JSON that is quoted in a message is full of quotes.
 */
const ENVELOPE = /"or1\.[^]?/;

/**
 * True for a body that may contain another vendor's reasoning in our envelope: see `foreign-reasoning.ts`, which is loaded for
 * the first such body.
 *
 * @param api - The name of the request's wire. A chat request has no place for reasoning, so its body is not searched.
 */
export function mayHoldForeignReasoning(body: string, api?: string): boolean {
  if (api === 'openai-chat') return false;
  // Stepping from quote to quote is fastest where quotes are rare, as in an image or prose.
  let quotes = body.length >> 8;
  for (let at = body.indexOf('"'); at >= 0; at = body.indexOf('"', at + 1)) {
    if (body.startsWith('or1.', at + 1)) return true;
    if (quotes-- === 0) return ENVELOPE.test(body);
  }
  return false;
}

export function isSlotInUrl(url: string): boolean {
  return SLOT_IN_URL.test(url);
}

/** True for a request whose body was signed: the signature would not fit the routed body. */
export function isSigned(url: string, init: RequestInit): boolean {
  const headers = init.headers instanceof Headers ? init.headers : new Headers(init.headers);
  return (
    headers.get('authorization')?.startsWith('AWS4-') === true ||
    headers.has('x-amz-content-sha256') ||
    url.includes('X-Amz-Signature=')
  );
}

export function azureRefused(): RouterError {
  return new RouterError(
    'unsupported-client',
    'an Azure client has its deployment in the URL, so another model name in the body would be silently ignored',
    { path: 'client', accepted: 'an OpenAI client whose baseURL is the resource’s /openai/v1 endpoint' },
  );
}
