/** A provider on loopback that speaks three APIs over real HTTP, keeps its own bill and fails on schedule. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { seededRandom } from '../core/math/random.ts';
import type { FakeApi } from './fake-api.ts';
import { fakeAnthropic } from './fake-anthropic.ts';
import type { Bill, BilledRequest } from './fake-bill.ts';
import { billOf } from './fake-bill.ts';
import type { LoggedRequest } from './fake-exchange.ts';
import { fakeExchange } from './fake-exchange.ts';
import type { FakeModel } from './fake-model.ts';
import { fakeOpenaiChat } from './fake-openai-chat.ts';
import { fakeOpenaiResponses } from './fake-openai-responses.ts';
import type { Fault, Faults } from './faults.ts';
import { faultsOf } from './faults.ts';

export interface FakeProviderOptions {
  /** By the name a request gives in its `model`; every other name is answered as a model that does not exist. */
  readonly models: Readonly<Record<string, FakeModel>>;
  /** What every number drawn comes from. Default 1. */
  readonly seed?: string | number;
  readonly faults?: Faults;
  /**
   * What is charged for a reply whose usage the client could not read, because it broke off or was left:
   * by characters ÷ 4, rounded up, of the request's body and of what the model had written by then (the rule of
   * `estimateUsage`; of a plain reply that cannot be read, of its body, as announced where it broke off); what it really
   * was; or nothing. Default by characters.
   */
  readonly billsUnreported?: 'by-characters' | 'actual' | 'nothing';
  /** How many of the latest requests {@link FakeProvider.requests} keeps. Default 10,000. */
  readonly keepsRequests?: number;
}

export interface FakeProvider {
  readonly url: string;
  /** For `new OpenAI({ baseURL })`. */
  readonly openaiBaseURL: string;
  /** For `new Anthropic({ baseURL })`. */
  readonly anthropicBaseURL: string;
  /** Everything charged so far. A stream that a client leaves is charged when its leaving is noticed: see {@link idle}. */
  bill(): Bill;
  /** The requests so far, oldest first. */
  requests(): readonly LoggedRequest[];
  /** Replaces the schedule from the next request on; `undefined`: all goes well. */
  setFaults(faults: Faults | undefined): void;
  /** Adds or replaces a model; `undefined` retires it. */
  setModel(name: string, model: FakeModel | undefined): void;
  /** Resolves when no exchange is open, so that the bill is final. */
  idle(): Promise<void>;
  /** Drops what is open and stops. */
  close(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

const APIS: readonly FakeApi[] = [fakeOpenaiChat, fakeOpenaiResponses, fakeAnthropic];

/**
 * Starts a provider on a free port of 127.0.0.1.
 *
 * A reply says in its text whether it solved its task (`[solved]`, `[not solved]`), and in the header `x-fake-outcome`
 * (`solved`, `not-solved`, `none`). The last message of the user may say what it is about: `[feature:support.reply]`,
 * `[task:17]`, `[difficulty:0.4]`, `[refuse]` (see {@link FakeTask}).
 *
 * @example
 * ```ts
 * import OpenAI from 'openai';
 * await using provider = await startFakeProvider({
 *   models: {
 *     mini: { price: { input: '0.25', output: '2' }, success: { 'support.reply': 0.7 } },
 *     premium: { price: { input: '1.25', output: '10' } },
 *   },
 *   faults: [undefined, { kind: 'status', status: 429, retryAfter: { ms: 5 } }],
 * });
 * const client = new OpenAI({ baseURL: provider.openaiBaseURL, apiKey: 'none' });
 * await client.chat.completions.create({ model: 'mini', messages: [{ role: 'user', content: 'Where is my order?' }] });
 * provider.bill().totalNanoUsd;
 * ```
 */
export async function startFakeProvider(options: FakeProviderOptions): Promise<FakeProvider> {
  const models = new Map(Object.entries(options.models));
  const billed: BilledRequest[] = [];
  let log: LoggedRequest[] = [];
  const keeps = options.keepsRequests ?? 10_000;
  let schedule = faultsOf(options.faults);
  let count = 0;
  let open = 0;
  let waiting: (() => void)[] = [];

  const handle = fakeExchange({
    models,
    apis: APIS,
    random: seededRandom(options.seed ?? 1),
    billsUnreported: options.billsUnreported ?? 'by-characters',
    nextIndex: () => count++,
    faultFor: (request): Fault | undefined => schedule(request),
    charge: request => billed.push(request),
    logged(request) {
      log.push(request);
      if (log.length > 2 * keeps) log = log.slice(-keeps);
    },
  });
  const server = createServer((request, response) => {
    open += 1;
    void handle(request, response).finally(() => {
      open -= 1;
      if (open > 0) return;
      for (const resolve of waiting) resolve();
      waiting = [];
    });
  });
  // A kept-alive connection that the server ends in the client's face is a fault nobody asked for.
  server.keepAliveTimeout = 0;
  server.listen(0, '127.0.0.1');
  await new Promise(resolve => server.once('listening', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

  const close = async (): Promise<void> => {
    const closed = new Promise(resolve => server.close(resolve));
    server.closeAllConnections();
    await closed;
  };
  return {
    url,
    openaiBaseURL: `${url}/v1`,
    anthropicBaseURL: url,
    bill: () => billOf(billed),
    requests: () => log.slice(-keeps),
    setFaults(faults) {
      schedule = faultsOf(faults);
    },
    setModel(name, model) {
      if (model === undefined) models.delete(name);
      else models.set(name, model);
    },
    idle: () => (open === 0 ? Promise.resolve() : new Promise(resolve => waiting.push(resolve))),
    close,
    [Symbol.asyncDispose]: close,
  };
}
