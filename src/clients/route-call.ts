/** Which requests are routed: those of a known API whose model slot names a feature. Any other slot is refused before it is sent. */
import type { RequestFacts, Wire } from '../contracts/wire.ts';
import { RouterError } from '../errors.ts';
import { isSlot, SLOT_PREFIX } from './slot.ts';
import { countingWire } from './token-count.ts';

/** A request that is routed. */
export interface CallRoute {
  readonly wire: Wire;
  readonly url: string;
  readonly body: string;
  readonly facts: RequestFacts;
  /** Counts tokens, and is no request of an intent. */
  readonly counts: boolean;
}

/** Azure has the deployment in the URL and ignores the model in the body. */
const AZURE_DEPLOYMENT = '/openai/deployments/';

/** Bedrock, Vertex and `models.retrieve` have the model in the path, sockets in the query. It may be encoded more than once. */
const SLOT_IN_URL = /(?:\/models?\/|[?&]model=)feature(?::|%(?:25)*3a)/i;

/** A model's name anywhere in a JSON body, or in a list of models. Quotes inside a text are escaped, so no prompt matches. */
const SLOT_IN_BODY = /"models?"\s*:\s*(?:\[[^\]]*)?"feature:/;

interface TextRequest {
  readonly url: string;
  readonly body: string;
  /** Routes whatever model the body names, not only a slot. */
  readonly target?: string | undefined;
}

export function isRoutedUrl(wires: readonly Wire[], url: string): boolean {
  return wires.some(wire => wire.matches(url)) || countingWire(wires, url) !== undefined;
}

/**
 * The route of a request; `undefined` where it is not routed.
 *
 * @throws RouterError `unsupported-client` or `invalid-value` for a slot where nothing routes it
 */
export function routeCall(wires: readonly Wire[], { url, body, target }: TextRequest): CallRoute | undefined {
  const requestWire = wires.find(candidate => candidate.matches(url));
  const wire = requestWire ?? countingWire(wires, url);
  if (wire === undefined) {
    refuseSlot(body);
    return undefined;
  }
  const facts = wire.read(body, requestWire === undefined || target === undefined ? SLOT_PREFIX : '');
  if (facts === undefined) return undefined;
  if (url.includes(AZURE_DEPLOYMENT)) throw azureRefused();
  refuseInnerSlot(facts);
  return { wire, url, body, facts, counts: requestWire === undefined };
}

/** Parameters of a routed request that name further models. */
const NAMING_MODELS = ['tools', 'fallbacks', 'models'];

/** @throws RouterError `invalid-value` for a slot inside a request whose own model is routed */
function refuseInnerSlot(facts: RequestFacts): void {
  for (const name of NAMING_MODELS) {
    const value = facts.parameter(name);
    if (value?.includes(SLOT_PREFIX) === true && SLOT_IN_BODY.test(`"${name}":${value}`)) throw innerSlot();
  }
}

/** @throws RouterError `invalid-value` for a body of another API in which a slot stands for a model */
export function refuseSlot(body: string): void {
  if (body.includes(SLOT_PREFIX) && SLOT_IN_BODY.test(body)) throw otherApi();
}

/** @throws RouterError `invalid-value` for a field that is a slot */
export function refuseSlotField(value: unknown): void {
  if (isSlot(value)) throw otherApi();
}

export function azureRefused(): RouterError {
  return new RouterError(
    'unsupported-client',
    'an Azure client has its deployment in the URL, so another model name in the body would be silently ignored',
    { path: 'client', accepted: 'an OpenAI client whose baseURL is the resource’s /openai/v1 endpoint' },
  );
}

/** @throws RouterError `unsupported-client` for a request whose body was signed: the signature would not fit the routed body */
export function refuseSigned(url: string, init: RequestInit): void {
  const headers = init.headers instanceof Headers ? init.headers : new Headers(init.headers);
  const isSigned =
    headers.get('authorization')?.startsWith('AWS4-') === true ||
    headers.has('x-amz-content-sha256') ||
    url.includes('X-Amz-Signature=');
  if (!isSigned) return;
  throw new RouterError('unsupported-client', 'this client signs the body, and routing changes the model in it', {
    path: 'client',
    accepted: 'a client that authenticates with a key, or router.run around the call',
  });
}

/** @throws RouterError `unsupported-client` for a slot in the URL */
export function refuseSlotInUrl(url: string): void {
  if (!SLOT_IN_URL.test(url)) return;
  throw new RouterError('unsupported-client', 'this client has the model in the URL, where it cannot be routed', {
    path: 'client',
    accepted: 'a client that has the model in the body, or router.run around the call',
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
