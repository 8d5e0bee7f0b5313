/** The same work done twice, on two fake providers with the same seed: through an intent's `fetch`, and directly. */
import { expect } from 'vitest';
import type { Attempt } from '../../src/core/ledger/vocabulary.ts';
import { fixed } from '../../src/policies/fixed.ts';
import type { FakeModel, FakeProvider, FaultSchedule } from '../../src/public/testing.ts';
import { startFakeProvider } from '../../src/public/testing.ts';
import { createRouterOn } from '../../src/router.ts';
import { systemRuntime } from '../../src/runtime.ts';
import { memory } from '../../src/stores/memory.ts';
import { patientAfter } from '../support/patient-time.ts';

/** What a client is made with, on either side. */
export interface Side {
  readonly baseURL: string;
  readonly fetch: typeof globalThis.fetch;
}

export interface Work {
  readonly provider: 'openai' | 'anthropic';
  /** The model that the client names. */
  readonly model: string;
  readonly faults?: FaultSchedule;
  /**
   * False for a client that asks for no usage when it streams chat completions. The router asks for it, which adds
   * `stream_options` to the request and `usage: null` to every chunk; nothing else may differ.
   */
  readonly asksForUsage?: boolean;
  /** How often the router tries again. Default: as often as the client alone does. */
  readonly retries?: number;
  /** False where the fault leaves the usage unknown, so that ledger and bill are two estimates. */
  readonly isReported?: boolean;
}

export interface Done<Value> {
  /** What the client returned on both sides. */
  readonly value: Value;
  /** The bodies that both providers received. */
  readonly bodies: readonly Readonly<Record<string, unknown>>[];
  readonly attempts: readonly Attempt[];
}

/** The model that the router chooses, which no client names. */
const CHOSEN = 'chosen-by-the-router';

const ASKED_FOR_USAGE = ',"stream_options":{"include_usage":true}';

/**
 * Does the work on both sides, and expects the same results, the same requests except for the model, byte by byte, and a
 * ledger that equals the provider's bill.
 */
export async function sameOnBothSides<Value>(work: Work, use: (side: Side) => Promise<Value>): Promise<Done<Value>> {
  const { provider, model, faults, asksForUsage = true, isReported = true } = work;
  const retries = work.retries === undefined ? {} : { retries: work.retries };
  const fake: FakeModel = { price: { input: '1', output: '2' }, tokens: { input: 100, output: 10 } };
  const options = {
    models: { [model]: fake, [CHOSEN]: fake },
    seed: 'same',
    ...(faults === undefined ? {} : { faults }),
  };
  await using direct = await startFakeProvider(options);
  await using routed = await startFakeProvider(options);
  const store = memory();
  const router = createRouterOn(
    { ...systemRuntime(1), sleep: async () => {}, after: patientAfter },
    {
      models: { mini: { provider, model: CHOSEN, price: { inputUsdPerMillion: 1, outputUsdPerMillion: 2 } } },
      features: { work: { candidates: ['mini'], failureCostUsd: 1, policy: fixed('mini'), ...retries } },
      store,
    },
  );
  const baseURL = (fakeProvider: FakeProvider): string =>
    provider === 'openai' ? fakeProvider.openaiBaseURL : fakeProvider.anthropicBaseURL;
  const asNamed = (text: string): string => text.replaceAll(CHOSEN, model);
  const requests = (fakeProvider: FakeProvider): readonly string[] =>
    fakeProvider.requests().map(({ method, path, text }) => `${method} ${path} ${asNamed(text)}`);
  const asJson = (result: Value): unknown =>
    JSON.parse(asNamed(JSON.stringify(result ?? null)), (key, part: unknown) =>
      !asksForUsage && key === 'usage' && part === null ? undefined : part,
    );
  const asAsked = (request: string): string => (asksForUsage ? request : request.replace(ASKED_FOR_USAGE, ''));

  const { fetch } = router.feature('work').intent();
  const routedValue = await use({ baseURL: baseURL(routed), fetch });
  const value = await use({ baseURL: baseURL(direct), fetch: globalThis.fetch });
  await Promise.all([routed.idle(), direct.idle()]);
  await router.close();

  expect(asJson(routedValue)).toEqual(asJson(value));
  expect(requests(routed).map(asAsked)).toEqual(requests(direct));
  expect(routed.requests().map(request => request.model)).toEqual(direct.requests().map(() => CHOSEN));
  const records = await Array.fromAsync(store.scan());
  const attempts = records.flatMap(record => (record.kind === 'attempted' ? [record.attempt] : []));
  expect(attempts).toHaveLength(routed.requests().length);
  const ledgerNanoUsd = attempts.reduce((sum, attempt) => sum + attempt.costNanoUsd, 0);
  if (isReported) expect(BigInt(ledgerNanoUsd)).toBe(routed.bill().totalNanoUsd);
  return { value, bodies: direct.requests().map(({ body }) => body), attempts };
}

/** The items of a stream, in order. */
export async function all<Item>(
  stream: AsyncIterable<Item> | PromiseLike<AsyncIterable<Item>>,
): Promise<readonly Item[]> {
  return Array.fromAsync(await stream);
}
