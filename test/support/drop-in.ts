/** Two fake providers with the same seed: the same probe calls one through a routed client and the other directly. */
import { expect } from 'vitest';
import type { Attempt } from '../../src/core/ledger/vocabulary.ts';
import { systemRuntime } from '../../src/runtime.ts';
import { fixed } from '../../src/policies/fixed.ts';
import type { Router } from '../../src/router-type.ts';
import { createRouterOn } from '../../src/router.ts';
import { memory } from '../../src/stores/memory.ts';
import type { FakeFault, FakeModel, FakeProvider } from '../../src/public/testing.ts';
import { startFakeProvider } from '../../src/public/testing.ts';
import type { WrappableClient } from '../../src/clients/wrap.ts';
import type { Api } from '../../src/translate/neutral/conversation.ts';
import { patientAfter } from './patient-time.ts';
import { EVENTS_BEFORE_TEXT, withoutDifferences } from './other-vendor.ts';

const tokens = { input: 100, output: 10 } as const;
const FAKES: Readonly<Record<string, FakeModel>> = {
  'mini-1': { price: { input: '1', output: '2' }, tokens, pieces: 4 },
  'premium-1': { price: { input: '10', output: '20' }, tokens, pieces: 4 },
};

export interface DropIn<Client> {
  readonly routed: FakeProvider;
  readonly router: Router;
  readonly client: Client;
  /** The `model` slot of a request that is a new intent. */
  readonly model: string;
  /** Runs the probe through the routed client and directly, and returns both results. */
  both<Value>(
    probe: (client: Client, model: string) => Promise<Value>,
  ): Promise<{ readonly [K in 'routed' | 'direct']: Value }>;
  /** Expects the same on both sides; for a candidate of another API, except for the published differences. */
  expectSame(routed: unknown, direct: unknown): void;
  /** Every attempt in the ledger, in order. */
  attempts(): Promise<readonly Attempt[]>;
  /** Ids of the intents in the ledger. */
  intents(): Promise<readonly string[]>;
  /** Sets the faults. In a stream of another API, a fault comes after the same piece of text as in a stream of the client's own. */
  setFaults(faults: readonly FakeFault[] | (() => FakeFault)): void;
  close(): Promise<void>;
}

/** @param candidates the API of the candidates, where it is another one than the client speaks */
export async function dropIn<Client extends WrappableClient>(
  provider: 'openai' | 'anthropic',
  make: (provider: FakeProvider) => Client,
  candidates?: Api,
): Promise<DropIn<Client>> {
  const routed = await startFakeProvider({ models: FAKES, seed: 'same' });
  const direct = await startFakeProvider({ models: FAKES, seed: 'same' });
  const store = memory();
  const own = CLIENT_API[provider];
  const candidate = candidates === undefined ? { provider } : candidateAt(candidates, routed);
  const laterEvents = candidates === undefined ? 0 : EVENTS_BEFORE_TEXT[candidates] - EVENTS_BEFORE_TEXT[own];
  const router = createRouterOn(
    { ...systemRuntime(1), sleep: async () => {}, after: patientAfter },
    {
      models: {
        mini: { ...candidate, model: 'mini-1', price: { inputUsdPerMillion: 1, outputUsdPerMillion: 2 } },
        premium: { ...candidate, model: 'premium-1', price: { inputUsdPerMillion: 10, outputUsdPerMillion: 20 } },
      },
      features: {
        support: {
          candidates: ['mini', 'premium'],
          failureCostUsd: 15,
          policy: fixed('mini'),
          stateless: candidates !== undefined,
        },
      },
      store,
    },
  ) as unknown as Router;
  const client = router.wrap(make(routed));
  const plain = make(direct);
  const { model } = router.feature('support');
  return {
    routed,
    router,
    client,
    model,
    both: async probe => ({ routed: await probe(client, model), direct: await probe(plain, 'mini-1') }),
    expectSame(routedValue, directValue) {
      if (candidates === undefined) expect(routedValue).toEqual(directValue);
      else expect(withoutDifferences(routedValue)).toEqual(withoutDifferences(directValue));
    },
    async attempts() {
      await router.flush();
      return (await Array.fromAsync(store.scan())).flatMap(record =>
        record.kind === 'attempted' ? [record.attempt] : [],
      );
    },
    async intents() {
      await router.flush();
      return (await Array.fromAsync(store.scan())).flatMap(record =>
        record.kind === 'decided' ? [record.intentId] : [],
      );
    },
    setFaults(faults) {
      const later = (fault: FakeFault): FakeFault =>
        'afterEvents' in fault && fault.afterEvents !== undefined
          ? { ...fault, afterEvents: fault.afterEvents + laterEvents }
          : fault;
      routed.setFaults(typeof faults === 'function' ? () => later(faults()) : faults.map(later));
      direct.setFaults(faults);
    },
    async close() {
      await router.close();
      await Promise.all([routed.close(), direct.close()]);
    },
  };
}

const CLIENT_API = { openai: 'openai-chat', anthropic: 'anthropic-messages' } as const;

/** A candidate with an endpoint of its own, because the client's key is another vendor's. */
function candidateAt(api: Api, { openaiBaseURL, anthropicBaseURL }: FakeProvider) {
  const apiKey = 'sk-of-the-endpoint';
  if (api !== 'anthropic-messages') return { provider: 'openai', api, apiKey, baseURL: openaiBaseURL } as const;
  // Anthropic requires a limit of output tokens, and the clients of OpenAI send none.
  return { provider: 'anthropic', apiKey, baseURL: anthropicBaseURL, params: { maxOutputTokens: 4_096 } } as const;
}

/** The properties of an error that an application reads. */
export function errorFacts(error: unknown): Readonly<Record<string, unknown>> {
  const { name, message, status, code, type, param, requestID, constructor } = error as Record<string, unknown>;
  return { class: (constructor as { name: string }).name, name, message, status, code, type, param, requestID };
}

/** The error of a call that must fail. */
export async function failure(call: PromiseLike<unknown>): Promise<unknown> {
  try {
    await call;
  } catch (error) {
    return error;
  }
  throw new Error('the call did not fail');
}

/** The chunk without `usage: null`, which the provider adds to every chunk when the router asks for usage. */
export function withoutNullUsage<Chunk extends object>(chunk: Chunk): Chunk {
  if (!('usage' in chunk) || chunk.usage !== null) return chunk;
  const { usage: _usage, ...rest } = chunk;
  return rest as Chunk;
}

function nullUsageLeftOut(key: string, value: unknown): unknown {
  return key === 'usage' && value === null ? undefined : value;
}

export function deepFreeze<Value>(value: Value): Value {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    for (const part of Object.values(value)) deepFreeze(part);
  }
  return value;
}

/** Counts the items of a stream, and calls back with the count after each. */
export async function count(stream: AsyncIterable<unknown>, counted: (seen: number) => void): Promise<number> {
  let seen = 0;
  for await (const item of stream) if (item !== undefined) counted(++seen);
  return seen;
}

/** Records every event of an SDK's stream helper with its arguments as JSON. */
export function recorded(
  stream: { on(event: never, listener: (...args: never[]) => void): unknown },
  events: readonly string[],
): readonly (readonly [event: string, args: string])[] {
  const received: (readonly [string, string])[] = [];
  for (const event of events) {
    stream.on(
      event as never,
      (...args: never[]) => void received.push([event, JSON.stringify(args, nullUsageLeftOut)]),
    );
  }
  return received;
}
