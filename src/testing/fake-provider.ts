/** A provider on loopback: it speaks three APIs over real HTTP, keeps its own bill, and fails or replies as scripted. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { seededRandom } from '../core/math/random.ts';
import type { Runtime } from '../runtime.ts';
import type { FakeApi } from './fake-api.ts';
import { fakeAnthropic } from './fake-anthropic.ts';
import type { FakeBill, BilledRequest } from './fake-bill.ts';
import { billOf } from './fake-bill.ts';
import type { UnreportedRule } from './fake-charges.ts';
import { checkFaults, checkModel, checkProviderOptions, checkScript } from './fake-checks.ts';
import { fakeExchange } from './fake-exchange.ts';
import type { FakeModel } from './fake-model.ts';
import { fakeOpenaiChat } from './fake-openai-chat.ts';
import { fakeOpenaiResponses } from './fake-openai-responses.ts';
import { checkFault } from './fault-checks.ts';
import type { FakeFault, FaultSchedule } from './faults.ts';
import { faultsOf } from './faults.ts';
import type { LoggedRequest } from './request-log.ts';
import type { Script } from './scripted-replies.ts';
import { replyQueue } from './scripted-replies.ts';

export interface FakeProviderOptions {
  /** Models by the name in a request's `model`. Any other name is answered with the API's unknown-model error. */
  readonly models: Readonly<Record<string, FakeModel>>;
  /** Seed of every random number. The same seed and the same requests give the same replies and bill. Default 1. */
  readonly seed?: string | number;
  /**
   * The runtime whose clock the provider uses, for a `retry-after` that is a date: in a test, its `testRuntime`. Default: the
   * system's. Latencies of models and faults take real time in any case.
   */
  readonly runtime?: Pick<Runtime, 'nowMs'>;
  /** The schedule of faults. Default: no faults. */
  readonly faults?: FaultSchedule;
  /** The rule for charging a reply that ended before its usage was sent. Default `'by-characters'`. */
  readonly billsUnreported?: UnreportedRule;
  /** How many of the latest requests {@link FakeProvider.requests} keeps. Default 10,000. */
  readonly keepsRequests?: number;
}

export interface FakeProvider {
  readonly url: string;
  /** For `new OpenAI({ baseURL })`. */
  readonly openaiBaseURL: string;
  /** For `new Anthropic({ baseURL })`. */
  readonly anthropicBaseURL: string;
  /**
   * Queues replies for the next requests: each is used once, in order. After the last one, the models and the schedule
   * of faults decide again. A script for one model, or about a parameter, waits for a request that it fits.
   *
   * @throws RouterError `invalid-value`, or `unknown-model` for a model that the provider does not have
   *
   * @example
   * ```ts
   * const provider = await startFakeProvider({ models: { mini: { price: { input: '0.25', output: '2' } } } });
   * provider.reply('Your parcel arrives on Monday.'); // exactly this text
   * provider.reply(503, { kind: 'cut', afterEvents: 2 }); // an error, then a stream that breaks after two events
   * provider.reply({ model: 'mini', text: '{"total": 7}', tokens: { input: 900, output: 6 } });
   * ```
   */
  reply(...scripts: readonly Script[]): void;
  /** Number of replies queued by {@link reply} that no request has used yet. Assert 0 at the end of a test. */
  readonly queuedReplies: number;
  /** All charges so far. A stream that the client cancels is charged when the server notices: see {@link idle}. */
  bill(): FakeBill;
  /** The requests so far, oldest first. */
  requests(): readonly LoggedRequest[];
  /** Replaces the schedule of faults from the next request on; `undefined`: no faults. @throws RouterError `invalid-value` */
  setFaults(faults: FaultSchedule | undefined): void;
  /** Adds or replaces a model; `undefined` removes it. @throws RouterError `invalid-value` */
  setModel(name: string, model: FakeModel | undefined): void;
  /** Resolves when no exchange is in progress, so that the bill is final. */
  idle(): Promise<void>;
  /** Closes every connection and stops listening. */
  close(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

const APIS: readonly FakeApi[] = [fakeOpenaiChat, fakeOpenaiResponses, fakeAnthropic];

/**
 * Starts a provider on a free port of 127.0.0.1.
 *
 * The text of a reply begins with `[solved]` or `[not solved]`, and its header `x-fake-outcome` says the same (`solved`,
 * `not-solved`, or `none` where that has no meaning). Tags in the user's last message choose the task:
 * `[feature:support.reply]`, `[task:17]`, `[difficulty:0.4]`, `[refuse]` (see {@link FakeTask}).
 *
 * @throws RouterError `invalid-value` for an unknown option, or a model without a valid price
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
  checkProviderOptions(options, 'startFakeProvider');
  const runtime = options.runtime ?? { nowMs: Date.now };
  const models = new Map(Object.entries(options.models));
  const billed: BilledRequest[] = [];
  let log: LoggedRequest[] = [];
  const maxLogged = options.keepsRequests ?? 10_000;
  const queue = replyQueue();
  let schedule = faultsOf(options.faults);
  let count = 0;
  let inProgress = 0;
  let waiting: (() => void)[] = [];

  const handle = fakeExchange({
    models,
    apis: APIS,
    random: seededRandom(options.seed ?? 1),
    nowMs: () => runtime.nowMs(),
    billsUnreported: options.billsUnreported ?? 'by-characters',
    nextIndex: () => count++,
    scriptFor: queue.take,
    faultFor(request): FakeFault | undefined {
      const fault = schedule(request);
      if (fault !== undefined) checkFault(fault, 'faults()');
      return fault;
    },
    charge: request => billed.push(request),
    logged(request) {
      log.push(request);
      if (log.length > 2 * maxLogged) log = log.slice(-maxLogged);
    },
  });
  const server = createServer((request, response) => {
    inProgress += 1;
    void handle(request, response).finally(() => {
      inProgress -= 1;
      if (inProgress > 0) return;
      for (const resolve of waiting) resolve();
      waiting = [];
    });
  });
  // Closing an idle connection just as the client sends its next request would be a fault that no schedule contains.
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
    reply(...scripts) {
      const names = [...models.keys()];
      for (const [index, script] of scripts.entries()) checkScript(script, `reply[${index}]`, names);
      queue.add(scripts);
    },
    get queuedReplies() {
      return queue.length;
    },
    bill: () => billOf(billed),
    requests: () => log.slice(-maxLogged),
    setFaults(faults) {
      checkFaults(faults, 'setFaults');
      schedule = faultsOf(faults);
    },
    setModel(name, model) {
      if (model === undefined) return void models.delete(name);
      checkModel(model, `setModel.${name}`);
      models.set(name, model);
    },
    idle: () => (inProgress === 0 ? Promise.resolve() : new Promise(resolve => waiting.push(resolve))),
    close,
    [Symbol.asyncDispose]: close,
  };
}
