/** The routing `fetch`: it routes calls whose `model` names a feature and lets every other call pass untouched. */
import type { Engine } from '../engine/engine.ts';
import { performRequest } from '../engine/request/request.ts';
import type { RoutedRequest } from '../engine/request/routed-request.ts';
import { clientApi, isTranslatable } from '../engine/state/reach.ts';
import type { Wire } from '../contracts/wire.ts';
import { retrievalOf } from './awaited-reply.ts';
import { claim } from './claimed-handle.ts';
import type { ClientCall } from './client-call.ts';
import { attemptTimeoutOf, clientCallOf, clientFetch } from './client-call.ts';
import type { GivenUpRequests } from './given-up.ts';
import { accountOf, withoutContentLength } from './endpoint.ts';
import type { Fetch } from './http-request.ts';
import { headersFirst } from './headers-first.ts';
import { httpExchange } from './http-exchange.ts';
import type { HandledIntent, IntentHandles } from './intent-handles.ts';
import { refusedBy, rejection } from './rejection.ts';
import type { ReadRequest } from './request-text.ts';
import type { CallRoute } from './route-call.ts';
import {
  isRoutedUrl,
  isSigned,
  isSlotInUrl,
  mayHoldForeignReasoning,
  mayNameFeature,
  routeCall,
} from './route-call.ts';
import type { Slot } from './slot.ts';
import { isSlot, judgeSlot, parseSlot } from './slot.ts';
import type { TranslatedCall } from './translated-call.ts';
import type { ModelTransforms } from './transforms.ts';

export interface Seam {
  readonly engine: Engine;
  readonly wires: readonly Wire[];
  readonly intents: IntentHandles;
  readonly transforms: ModelTransforms;
  /** Loaded with the first failure. */
  givenUp?: GivenUpRequests | undefined;
}

/** Marks the `init` of an attempt: the client's own `fetch` may be a `fetch` of the same router. */
const ATTEMPT_OF = Symbol('outcome-router attempt');
type AttemptInit = RequestInit & { readonly [ATTEMPT_OF]?: Seam };

/**
 * A `fetch` around another one.
 *
 * The caller gets the provider's own Response, with its body unread. `inner` is called once per attempt. Rejects as
 * `inner` does, with `TimeoutError` at the feature's deadline, and with RouterError for misuse.
 *
 * @param target the feature's or intent's `model` slot, for requests that name any other model; absent: those pass untouched
 */
export function routedFetch(seam: Seam, inner: Fetch, target?: string): Fetch {
  // Not async: the promise of the function it calls is returned as it is.
  return (input, init?: AttemptInit) => {
    try {
      if (init?.[ATTEMPT_OF] === seam) return inner(input, init);
      const url = typeof input === 'string' ? input : input instanceof URL ? input.href : input.url;
      const call = { seam, inner, input, url, target };
      const body = init?.body ?? (input instanceof Request ? input.body : undefined) ?? undefined;
      if (isSlotInUrl(url)) return passUnlessRefused(call, { body: '', init: init ?? {}, own: init });
      if (body === undefined) return pass(call, init);
      if (init !== undefined && typeof body === 'string' && !(input instanceof Request))
        return perform(call, { body, init, own: init });
      return performLater(call, init).catch((error: unknown) => rejection(error, init));
    } catch (error) {
      return rejection(error, init);
    }
  };
}

interface FetchCall {
  readonly seam: Seam;
  readonly inner: Fetch;
  readonly input: string | URL | Request;
  readonly url: string;
  readonly target: string | undefined;
}

/** Sends a request that is not routed. */
function pass(call: FetchCall, init: RequestInit | undefined): Promise<Response> {
  const { seam, inner, input, url } = call;
  const retrieval = retrievalOf(seam.wires, url);
  if (retrieval === undefined) return inner(input, init);
  return import('./retrieved-reply.ts').then(
    ({ retrieved }) => retrieved(seam.engine, retrieval, { ...call, init }),
    () => inner(input, init),
  );
}

/** Handles a request whose body is not text: SDKs send forms in this way, and an application may send anything. */
async function performLater(call: FetchCall, init: RequestInit | undefined): Promise<Response> {
  const { seam, inner, input, url } = call;
  const { readRequest } = await import('./request-text.ts');
  const read = await readRequest(input, init, isRoutedUrl(seam.wires, url));
  return read === undefined ? inner(input, init) : perform(call, read);
}

/** Passes a request that is not routed. Rejects if a model slot in it would reach the provider as a model's name. */
async function passUnlessRefused(call: FetchCall, read: ReadRequest): Promise<Response> {
  const { refuseUnrouted } = await import('./slot-leaks.ts');
  try {
    refuseUnrouted(call.seam.wires, { ...call, ...read });
  } catch (error) {
    return rejection(error, read.init);
  }
  return call.inner(call.input, read.own);
}

function perform(call: FetchCall, read: ReadRequest): Promise<Response> {
  const { seam, inner, url, target } = call;
  const { body, init, own } = read;
  const client = clientCallOf(init);
  if (client?.take !== undefined) return Promise.resolve(client.take(init.headers));
  const isKnown = client?.route.body === body && client.route.url === url;
  const route = isKnown ? client.route : routeCall(seam.wires, { url, body, target });
  if (route === undefined && !mayNameFeature({ body, target })) {
    if (!mayHoldForeignReasoning(body) || isSigned(url, init)) return pass(call, own);
    return import('./foreign-reasoning.ts').then(loaded => pass(call, loaded.unroutedInit(seam.wires, { url, read })));
  }
  if (route === undefined || isSigned(url, init)) return passUnlessRefused(call, read);
  // The caller already aborted: send nothing and record nothing.
  init.signal?.throwIfAborted();
  const { model } = route.facts;
  // A slot in the request's own body is more specific than the target of the `fetch` to which the request was passed.
  const slot = parseSlot(target === undefined || isSlot(model) ? model : target);
  const request = client === undefined ? { url, body, target, init } : undefined;
  const repetition = request === undefined ? undefined : seam.givenUp?.repeated(request);
  const handled = slot.intentId === undefined ? undefined : seam.intents.get(slot.intentId);
  const intentId = handled?.id ?? slot.intentId ?? repetition?.intentId ?? seam.engine.runtime.newId();
  const attempt: AttemptInit = { ...withoutContentLength(init), [ATTEMPT_OF]: seam };
  const routed: RoutedCall = {
    ...route,
    init: attempt,
    inner,
    client,
    intentId,
    handled,
    isRepetition: repetition !== undefined,
  };
  const failed = (error: unknown): Promise<Response> => rejection(error, init);
  if (route.counts) return counted(seam, routed, slot).catch(refusedBy(route)).catch(failed);
  const sent = request === undefined ? undefined : { ...request, intentId, repeats: repetition?.repeats ?? 0 };
  const replied = (response: Response): Response | Promise<Response> =>
    response.ok ? response : givenUp(seam).then(requests => requests?.keep(sent, response) ?? response);
  return send(seam, routed, slot).then(replied, (thrown: unknown) =>
    refusedBy(route)(thrown).then(replied, (error: unknown) =>
      givenUp(seam).then(requests => failed(requests?.keepError(sent, error) ?? error)),
    ),
  );
}

async function counted(seam: Seam, call: RoutedCall, slot: Slot): Promise<Response> {
  return (await import('./token-count.ts')).countTokens(seam, { ...call, slot, client: accountOf(call) });
}

/** `undefined` where the code for requests that failed cannot be loaded: the client may then repeat this request. */
async function givenUp(seam: Seam): Promise<GivenUpRequests | undefined> {
  const loaded = await import('./given-up.ts').catch(() => undefined);
  return (seam.givenUp ??= loaded?.givenUpRequests(seam.engine.runtime));
}

function send(seam: Seam, call: RoutedCall, slot: Slot): Promise<Response> {
  if (!isTranslatable(seam.engine, call.wire, slot)) return sendCall(seam, call, slot);
  return import('./translated-call.ts').then(
    ({ withTranslation }) => sendCall(seam, withTranslation({ ...seam, feature: slot.feature }, call), slot),
    // If the code cannot be loaded, the candidates that speak the client's own API remain.
    () => sendCall(seam, call, slot),
  );
}

function sendCall(seam: Seam, call: RoutedCall, slot: Slot): Promise<Response> {
  const { engine } = seam;
  const { hold, release } = engine.feature(slot.feature).config;
  if (!call.facts.stream || hold || release === 'headers') return performRequest(engine, requestOf(seam, call, slot));
  return headersFirst({
    runtime: engine.runtime,
    perform: ({ fetch, exchange }) => {
      const request = requestOf(seam, { ...call, inner: fetch(call.inner) }, slot);
      return performRequest(engine, { ...request, exchange: exchange(request.exchange) });
    },
    continued: engine.receipts.alias,
  });
}

/** A call whose model slot names a feature. */
interface RoutedCall extends CallRoute {
  readonly init: RequestInit;
  readonly inner: Fetch;
  readonly client: ClientCall | undefined;
  readonly intentId: string;
  readonly handled: HandledIntent | undefined;
  /** The client repeats a request on which the router had given up. */
  readonly isRepetition: boolean;
  /** How candidates of another API are called; absent where none could be. */
  readonly translation?: TranslatedCall;
}

function requestOf(seam: Seam, call: RoutedCall, slot: Slot): RoutedRequest<Response> {
  const { engine, transforms, intents } = seam;
  const { facts, wire, init, inner, client, intentId, handled, isRepetition, translation } = call;
  const feature = engine.feature(slot.feature);
  const { translated = { dropped: {} } } = translation ?? {};
  return {
    feature,
    intentId,
    isNew: slot.intentId === undefined ? !isRepetition : handled !== undefined && claim(handled) === 'made',
    isNamed: slot.intentId !== undefined,
    options: handled?.options ?? {},
    requirements: {
      ...clientApi(wire),
      translation: translation?.translation,
      client: accountOf(call),
      capabilities: () => facts.capabilities,
      unable: translation?.unable ?? transforms.unable(facts),
    },
    facts,
    signal: init.signal ?? undefined,
    retries: isRepetition || client?.mayRetry === false ? 0 : undefined,
    attemptTimeoutMs: client === undefined ? undefined : attemptTimeoutOf(client),
    judgeSlot: (model, node) => judgeSlot(slot.feature, intentId, model, node),
    translated,
    exchange: (translation?.exchange ?? httpExchange)({
      wire,
      url: call.url,
      init,
      body: call.body,
      facts,
      fetch:
        client === undefined
          ? inner
          : clientFetch(inner, { call: client, headers: init.headers, runtime: engine.runtime }),
      clientClock: client === undefined ? undefined : late => engine.runtime.after(client.timeoutMs, late),
      runtime: engine.runtime,
      transforms,
      dropped: translated.dropped,
      hold: feature.config.hold && slot.judge === undefined,
      release: feature.config.release,
      wantsText: feature.config.hasVerdict,
    }),
    boundTo: translation?.boundTo ?? facts.bound,
    isStuck: replies =>
      intents.isStuck(intentId) ||
      import('./stuck-signs.ts')
        .then(signs => signs.showsStuck(call.body, replies, feature.config.countsSessions))
        .catch(() => false),
    judge: slot.judge,
  };
}
