/** A ledger with every kind of charge, priced by real prices, for the tests of bills. */
import type { Charge, PriceOf } from '../../../src/exports/focus/charges.ts';
import type { FocusVendor } from '../../../src/exports/focus/focus-columns.ts';
import type { Attempt } from '../../../src/core/ledger/vocabulary.ts';
import type { Price } from '../../../src/contracts/price.ts';
import { resolvePrice } from '../../../src/prices/price-book.ts';
import { memory } from '../../../src/stores/memory.ts';
import type { Store } from '../../../src/contracts/store.ts';
import type { History } from '../../stores/histories.ts';
import { attempted, commitAll, decided, evidence, history, HOUR, NOON } from '../../stores/histories.ts';

const PRICES: Readonly<Record<string, Price>> = {
  mini: resolvePrice({
    provider: 'openai',
    model: 'mini-1',
    price: {
      inputUsdPerMillion: 0.25,
      cacheReadUsdPerMillion: 0.025,
      cacheWrite5mUsdPerMillion: 0.3125,
      outputUsdPerMillion: 2,
      webSearchUsdPerThousand: 10,
      discount: 0.15,
      tiers: { priority: 2 },
    },
    path: 'models.mini.price',
  }),
  premium: resolvePrice({
    provider: 'openai',
    model: 'premium-1',
    price: { inputUsdPerMillion: 1.25, outputUsdPerMillion: 10 },
    path: 'models.premium.price',
  }),
  local: resolvePrice({ provider: 'other', model: 'llama', price: { gpuHourUsd: 2 }, path: 'models.local.price' }),
};

export const priceOf: PriceOf = model => PRICES[model];

export const VENDOR: FocusVendor = {
  billingAccountId: 'org-4711',
  serviceProviderName: 'Example, "Models" & Co',
  serviceName: 'Model API',
};

const PROVIDER_MODELS: Readonly<Record<string, string>> = {
  mini: 'mini-1',
  premium: 'premium-1',
  local: 'llama',
  tool: 'translate',
};

/** An attempt at its price; `costNanoUsd` overrides it. */
export function priced(atMs: number, model: string, attempt: Partial<Attempt> = {}) {
  const { usage = { input: 1001, output: 203 }, latencyMs = 740 } = attempt;
  const costNanoUsd = PRICES[model]?.cost(usage, atMs, attempt, latencyMs) ?? 0;
  const providerModel = PROVIDER_MODELS[model] ?? model;
  const body = { model, node: model, providerModel, usage, latencyMs, costNanoUsd, ...attempt, startedAtMs: atMs };
  return attempted(atMs + latencyMs, body);
}

/** NOON is 12:00 on 20 November 2026, UTC. */
export function someHistories(): readonly History[] {
  const cached = { input: 333, cacheRead: 7777, cacheWrite5m: 1024, output: 99, webSearch: 3 };
  return [
    history('climbed', 'support', [
      { ...decided(NOON), session: 'session, with "quotes"', promptVersion: 'v7' },
      priced(NOON, 'mini', { requestId: 'r1', verdict: { accepted: false, by: 'schema' } }),
      priced(NOON + 2000, 'premium', {
        requestId: 'r1',
        kind: 'escalation',
        node: 'mini>premium',
        responseModel: 'premium-1-2026-08-07',
        providerRequestId: 'req_provider_1',
      }),
      evidence(NOON + HOUR, { source: 'explicit', success: true }),
    ]),
    history('cached', 'support', [
      decided(NOON + HOUR - 1),
      priced(NOON + HOUR - 1, 'mini', { requestId: 'r2', usage: cached }),
      priced(NOON + HOUR + 5, 'mini', { requestId: 'r3', turn: 2, usage: cached, tier: 'priority' }),
      evidence(NOON + 2 * HOUR, { source: 'explicit', success: false }),
    ]),
    history('local', 'extract', [
      decided(NOON),
      priced(NOON, 'local', { requestId: 'r4', latencyMs: 1234 }),
      evidence(NOON + 1, { source: 'explicit', success: true }),
    ]),
    history('own-cost', 'extract', [
      decided(NOON),
      priced(NOON, 'tool', { requestId: 'r5', usage: {}, costNanoUsd: 123 }),
    ]),
    history('unreachable', 'extract', [
      decided(NOON),
      priced(NOON, 'mini', { requestId: 'r6', status: 'connection', usage: {}, costNanoUsd: 0, provenance: 'none' }),
    ]),
    history('repriced', 'extract', [
      decided(Date.UTC(2026, 11, 31, 23, 59, 59)),
      priced(Date.UTC(2026, 11, 31, 23, 59, 59), 'premium', { requestId: 'r7', costNanoUsd: 1_000_000 }),
    ]),
  ];
}

export async function someLedger(histories = someHistories()): Promise<Store> {
  const store = memory();
  await commitAll(store, histories);
  return store;
}

/** The spend in the records themselves, nano-dollars. */
export function spentBy(histories: readonly History[]): bigint {
  let total = 0n;
  for (const { records } of histories)
    for (const record of records) if (record.kind === 'attempted') total += BigInt(record.attempt.costNanoUsd);
  return total;
}

export function costOf(charges: readonly Charge[]): bigint {
  return charges.reduce((sum, charge) => sum + BigInt(charge.costNanoUsd), 0n);
}

export async function textOf(chunks: AsyncIterable<string>): Promise<string> {
  let text = '';
  for await (const chunk of chunks) text += chunk;
  return text;
}
