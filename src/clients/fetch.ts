/** The seam: a `fetch` that routes calls whose `model` names a feature and lets every other call pass untouched. */
import type { Engine } from '../engine/engine.ts';
import { performRequest } from '../engine/request/request.ts';
import type { RoutedRequest } from '../engine/request/routed-request.ts';
import { RouterError } from '../errors.ts';
import type { RequestFacts, Wire } from '../contracts/wire.ts';
import { withoutContentLength } from './endpoint.ts';
import type { Fetch } from './http-request.ts';
import { httpExchange } from './http-exchange.ts';
import { addressed } from './http-request.ts';
import type { IntentHandles } from './intent-handles.ts';
import type { Slot } from './slot.ts';
import { judgeSlot, parseSlot, SLOT_PREFIX } from './slot.ts';
import { countedModel, countingWire } from './token-count.ts';
import type { ModelTransforms } from './transforms.ts';

export interface Seam {
  readonly engine: Engine;
  readonly wires: readonly Wire[];
  readonly intents: IntentHandles;
  readonly transforms: ModelTransforms;
}

/** Reads the global at each call, so that an instrumented fetch is used. */
export const globalFetch: Fetch = async (input, init) => globalThis.fetch(input, init);

/** Azure has the deployment in the URL and ignores the model in the body. */
const AZURE_DEPLOYMENT = '/openai/deployments/';

/**
 * A `fetch` around another one.
 *
 * The caller gets the provider's own Response, with its body unread. `inner` is called once per attempt. Rejects as
 * `inner` does, with `TimeoutError` at the feature's deadline, and with RouterError for misuse.
 *
 * @param target the feature's or intent's `model` slot, for requests that name any other model; absent: those pass untouched
 */
export function routedFetch(seam: Seam, inner: Fetch, target?: string): Fetch {
  const anyModel = target === undefined ? SLOT_PREFIX : '';
  // Not async: the promise of the function it calls is returned as it is.
  return (input, init) => {
    const url = typeof input === 'string' ? input : input instanceof URL ? input.href : undefined;
    const body = init?.body;
    if (url === undefined || typeof body !== 'string' || init === undefined) return inner(input, init);
    const requestWire = seam.wires.find(candidate => candidate.matches(url));
    const wire = requestWire ?? countingWire(seam.wires, url);
    const facts = wire?.read(body, requestWire === undefined ? SLOT_PREFIX : anyModel);
    if (wire === undefined || facts === undefined) return inner(input, init);
    const call: RoutedCall = { wire, url, init: withoutContentLength(init), body, facts, inner };
    try {
      // The caller already aborted: send nothing and record nothing.
      init.signal?.throwIfAborted();
      if (url.includes(AZURE_DEPLOYMENT)) throw azureRefused();
      return requestWire === undefined
        ? count(seam, call)
        : performRequest(seam.engine, requestOf(seam, call, parseSlot(slotOf(facts.model, target))));
    } catch (error) {
      return Promise.reject(error);
    }
  };
}

/** A slot that the client wrote says more exactly where its request belongs than the fetch it was given. */
function slotOf(model: string, target: string | undefined): string {
  return target === undefined || model.startsWith(SLOT_PREFIX) ? model : target;
}

export function azureRefused(): RouterError {
  return new RouterError(
    'unsupported-client',
    'an Azure client has its deployment in the URL, so another model name in the body would be silently ignored',
    { path: 'client', accepted: 'an OpenAI client whose baseURL is the resource’s /openai/v1 endpoint' },
  );
}

/** A call whose model slot names a feature. */
interface RoutedCall {
  readonly wire: Wire;
  readonly url: string;
  readonly init: RequestInit;
  readonly body: string;
  readonly facts: RequestFacts;
  readonly inner: Fetch;
}

async function count({ engine, transforms }: Seam, call: RoutedCall): Promise<Response> {
  const { wire, facts } = call;
  const { feature, intentId } = parseSlot(facts.model);
  const model = countedModel(
    engine.feature(feature),
    wire,
    intentId === undefined ? undefined : engine.book.peek(intentId),
  );
  const { body } = wire.prepare(call.body, facts, model.providerModel, transforms.of(model));
  const init: RequestInit = { ...call.init, body };
  return call.inner(addressed(model, call, init), init);
}

function requestOf(seam: Seam, call: RoutedCall, slot: Slot): RoutedRequest<Response> {
  const { engine, transforms, intents } = seam;
  const { facts, wire, init } = call;
  const feature = engine.feature(slot.feature);
  const intentId = slot.intentId ?? engine.runtime.newId();
  const options = slot.intentId === undefined ? undefined : intents.options(intentId);
  const signal = init.signal ?? undefined;
  return {
    feature,
    intentId,
    isNew: slot.intentId === undefined || intents.claim(intentId) === 'made',
    isNamed: slot.intentId !== undefined,
    options: options ?? {},
    requirements: {
      provider: wire.provider,
      capabilities: () => facts.capabilities,
      unable: transforms.unable(facts),
    },
    facts,
    signal,
    judgeSlot: (model, node) => judgeSlot(slot.feature, intentId, model, node),
    exchange: httpExchange({
      wire,
      url: call.url,
      init,
      body: call.body,
      facts,
      fetch: call.inner,
      runtime: engine.runtime,
      transforms,
      hold: feature.config.hold && slot.judge === undefined,
      wantsText: feature.config.hasVerdict,
    }),
    boundTo: facts.bound,
    judge: slot.judge,
  };
}
