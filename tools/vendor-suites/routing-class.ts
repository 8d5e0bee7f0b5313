/** A vendor's client class whose instances are routed clients. */
import { AsyncLocalStorage } from 'node:async_hooks';
import type { WrappableClient } from '../../src/clients/wrap.ts';
import { RouterError } from '../../src/errors.ts';
import { createRouter } from '../../src/create-router.ts';
import type { Mode, VendorName } from './vendors.ts';

interface CallOptions {
  readonly path?: unknown;
  readonly body?: unknown;
}

/** The parts of both vendors' clients that this file replaces. */
interface Client extends WrappableClient {
  fetch: typeof fetch;
  makeRequest(options: CallOptions | PromiseLike<CallOptions>, ...rest: unknown[]): Promise<unknown>;
}

type ClientClass = new (...args: never[]) => Client;

/** The model that the router writes for the slot; it is replaced by the name that the test wrote. */
const ROUTED_MODEL = 'model-of-the-router';
const ROUTED_PATH = /\/(chat\/completions|responses|messages)(\?|$)/;

/**
 * The same class, statics included, except that `new` returns `router.wrap(client)`. Subclasses make plain clients: a client
 * cannot be wrapped before its own constructor has ended.
 *
 * @param mode `routed`: requests of the three APIs name a feature whatever model the test names, and the test's own `fetch`
 *   gets them with that model, so that all the test can notice is what the router does. A client that the router refuses,
 *   because it signs the body, keeps its names
 */
export function routingClass(original: ClientClass, vendor: VendorName, mode: Mode): ClientClass {
  const price = { inputUsdPerMillion: 1, outputUsdPerMillion: 2 };
  const router = createRouter({
    models: { only: { provider: vendor, model: ROUTED_MODEL, price } },
    features: { test: { candidates: ['only'], failureCostUsd: 1 } },
  });
  const slot = router.feature('test').model;
  const writtenModel = new AsyncLocalStorage<string>();

  const withWrittenModel = (own: typeof fetch): typeof fetch => {
    const restored: typeof fetch = async (input, init) => {
      const model = writtenModel.getStore();
      if (model === undefined || typeof init?.body !== 'string') return own(input, init);
      return own(input, {
        ...init,
        body: init.body.replace(JSON.stringify(ROUTED_MODEL), () => JSON.stringify(model)),
      });
    };
    return Object.assign(restored, own);
  };

  const withSlot = (client: Client): Client => {
    const makeRequest = client.makeRequest.bind(client);
    const withOptions = client.withOptions.bind(client);
    client.makeRequest = async (given, ...rest) => {
      const options = await given;
      const model = routedModel(options);
      if (model === undefined || model === slot) return makeRequest(options, ...rest);
      // Changed in the same object, because the clients' helpers recognize a request's body by its identity.
      const body = options.body as { model: string };
      body.model = slot;
      try {
        return await writtenModel.run(model, async () => makeRequest(options, ...rest));
      } catch (error) {
        if (!RouterError.isInstance(error) || error.code !== 'unsupported-client') throw error;
        body.model = model;
        return await makeRequest(options, ...rest);
      } finally {
        body.model = model;
      }
    };
    client.withOptions = options => {
      const { fetch: own } = options;
      return withSlot(
        withOptions(own === undefined ? options : { ...options, fetch: withWrittenModel(own) }) as Client,
      );
    };
    return client;
  };

  const replaced: ClientClass = new Proxy(original, {
    construct(target, args, newTarget) {
      if (newTarget !== replaced) return Reflect.construct(target, args, newTarget) as Client;
      const client = new target(...(args as never[]));
      if (mode === 'wrapped') return router.wrap(client);
      client.fetch = withWrittenModel(client.fetch);
      return withSlot(router.wrap(client));
    },
    get: (target, key) => (Reflect.get(target, key) === target ? replaced : Reflect.get(target, key)) as unknown,
  });
  return replaced;
}

function routedModel({ path, body }: CallOptions): string | undefined {
  const model = typeof body === 'object' && body !== null && 'model' in body ? body.model : undefined;
  return typeof path === 'string' && ROUTED_PATH.test(path) && typeof model === 'string' ? model : undefined;
}
