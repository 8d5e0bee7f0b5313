/**
 * A ledger of calls to two vendors, and their bills for it, made from the usage and the published rates by the rules of each vendor's
 * documentation (docs/bills.md): what is summed, in which unit, rounded to which digit, under which names.
 */
import { seededRandom } from '../../../src/core/math/random.ts';
import type { Meter } from '../../../src/core/ledger/usage.ts';
import type { Store } from '../../../src/contracts/store.ts';
import { resolvePrice } from '../../../src/prices/price-book.ts';
import type { PriceOf } from '../../../src/exports/focus/charges.ts';
import { attempted, decided, history } from '../../stores/histories.ts';
import { someLedger } from './bills.ts';

export const DAY = 86_400_000;
export const FROM = Date.UTC(2026, 10, 1);
const DAYS = 6;

interface Model {
  readonly vendor: 'openai' | 'anthropic';
  readonly snapshot: string;
  /** Published rates, USD per million tokens. */
  readonly rates: Readonly<Partial<Record<Meter, number>>>;
}

export const MODELS: Readonly<Record<string, Model>> = {
  'gpt-5-mini': {
    vendor: 'openai',
    snapshot: 'gpt-5-mini-2025-08-07',
    rates: { input: 0.25, cacheRead: 0.025, output: 2 },
  },
  'gpt-5': { vendor: 'openai', snapshot: 'gpt-5-2025-08-07', rates: { input: 1.25, cacheRead: 0.125, output: 10 } },
  'claude-opus-4-5': {
    vendor: 'anthropic',
    snapshot: 'claude-opus-4-5-20251101',
    rates: { input: 5, cacheRead: 0.5, cacheWrite5m: 6.25, cacheWrite1h: 10, output: 25 },
  },
};

export interface Call {
  readonly id: string;
  readonly model: string;
  readonly startMs: number;
  readonly endMs: number;
  readonly usage: Readonly<Partial<Record<Meter, number>>>;
}

/** Calls on every day, some of which end after midnight. */
export function someCalls(): readonly Call[] {
  const random = seededRandom('vendor bills');
  const whole = (max: number): number => Math.floor(random.next() * max);
  const calls: Call[] = [];
  for (let day = 0; day < DAYS; day++) {
    for (const [model, { rates }] of Object.entries(MODELS)) {
      for (let i = 0; i < 12; i++) {
        const isLate = i === 11 && day < DAYS - 1;
        const startMs = FROM + day * DAY + (isLate ? DAY - 2_000 : 600_000 + whole(DAY - 1_200_000));
        const usage = Object.fromEntries(Object.keys(rates).map(meter => [meter, 1 + whole(40_000)]));
        calls.push({ id: `call-${calls.length}`, model, startMs, endMs: startMs + (isLate ? 9_000 : 700), usage });
      }
    }
  }
  return calls;
}

const PRICES = new Map(
  Object.entries(MODELS).map(([model, { vendor }]) => [model, resolvePrice({ provider: vendor, model })]),
);
export const listPrice: PriceOf = (_model, _atMs, { providerModel }) => PRICES.get(providerModel);

/** @param withIds whether the ledger has the ids of the vendor's calls */
export async function ledgerOf(calls: readonly Call[], withIds = false): Promise<Store> {
  return someLedger(
    calls.map(({ id, model, startMs, endMs, usage }) => {
      const latencyMs = endMs - startMs;
      const costNanoUsd = PRICES.get(model)?.cost(usage, startMs) ?? 0;
      const ids = withIds ? { requestId: `own-${id}`, providerRequestId: id } : { requestId: `own-${id}` };
      const snapshot = MODELS[model]?.snapshot ?? model;
      const body = { model, node: model, providerModel: model, responseModel: snapshot, usage, latencyMs, costNanoUsd };
      return history(id, 'support', [
        decided(startMs, [model]),
        attempted(endMs, { ...body, ...ids, startedAtMs: startMs }),
      ]);
    }),
  );
}

export interface Line {
  readonly day: number;
  readonly model: string;
  readonly meter: Meter;
  readonly tokens: number;
  /** Exactly, in pico-dollars. */
  readonly pico: bigint;
}

/** Tokens by day, model and meter, as a vendor counts them. @param at by when a call begins or by when it ends */
export function dailyLines(
  calls: readonly Call[],
  vendor: Model['vendor'],
  at: 'startMs' | 'endMs' = 'startMs',
): readonly Line[] {
  const lines = new Map<string, Line>();
  for (const call of calls) {
    const model = MODELS[call.model];
    if (model?.vendor !== vendor) continue;
    const day = Math.floor((call[at] - FROM) / DAY);
    for (const [meter, tokens = 0] of Object.entries(call.usage) as [Meter, number][]) {
      const key = `${day} ${call.model} ${meter}`;
      const before = lines.get(key) ?? { day, model: call.model, meter, tokens: 0, pico: 0n };
      const pico = BigInt(tokens) * BigInt(Math.round((model.rates[meter] ?? 0) * 1e6));
      lines.set(key, { ...before, tokens: before.tokens + tokens, pico: before.pico + pico });
    }
  }
  return [...lines.values()];
}

/** USD with so many digits after the point, halves away from zero. */
export function usd(pico: bigint, digits: number): string {
  const unit = 10n ** BigInt(12 - digits);
  const rounded = (pico + unit / 2n) / unit;
  const text = rounded.toString().padStart(digits + 1, '0');
  return `${text.slice(0, -digits)}.${text.slice(-digits)}`;
}

export const isoDay = (day: number): string => new Date(FROM + day * DAY).toISOString().slice(0, 10);
export const isoTime = (ms: number): string => `${new Date(ms).toISOString().slice(0, 19)}Z`;

const OPENAI_METERS: Readonly<Record<string, string>> = { input: 'input', cacheRead: 'cached input', output: 'output' };

/** Pages of `/v1/organization/costs`, grouped by line item and project. Costs are floats in USD, and there are quantities. */
export function openaiCosts(lines: readonly Line[], more: readonly object[] = [], perPage = 4): string {
  const buckets = Array.from({ length: DAYS }, (_, day) => ({
    object: 'bucket',
    start_time: (FROM + day * DAY) / 1000,
    end_time: (FROM + (day + 1) * DAY) / 1000,
    results: [
      ...lines
        .filter(line => line.day === day)
        .map(({ model, meter, tokens, pico }) => ({
          object: 'organization.costs.result',
          amount: { value: Number(pico) / 1e12, currency: 'usd' },
          line_item: `${MODELS[model]?.snapshot}, ${OPENAI_METERS[meter]}`,
          project_id: 'proj_app',
          quantity: tokens,
          quantity_unit: 'tokens',
        })),
      ...(day === 1 ? more : []),
    ],
  }));
  const pages: object[] = [];
  for (let from = 0; from < buckets.length; from += perPage) {
    const isLast = from + perPage >= buckets.length;
    const data = buckets.slice(from, from + perPage);
    pages.push({ object: 'page', data, has_more: !isLast, next_page: isLast ? null : `page_${from}` });
  }
  return pages.map(page => JSON.stringify(page, null, 2)).join('\n');
}

const ANTHROPIC_TYPES: Readonly<Record<string, string>> = {
  input: 'uncached_input_tokens',
  cacheRead: 'cache_read_input_tokens',
  cacheWrite5m: 'cache_creation.ephemeral_5m_input_tokens',
  cacheWrite1h: 'cache_creation.ephemeral_1h_input_tokens',
  output: 'output_tokens',
};

/** `/v1/organizations/cost_report` by description: text of cents with five digits behind the point. */
export function anthropicCosts(lines: readonly Line[], more: readonly object[] = []): string {
  const data = Array.from({ length: DAYS }, (_, day) => ({
    starting_at: isoTime(FROM + day * DAY),
    ending_at: isoTime(FROM + (day + 1) * DAY),
    results: [
      ...lines
        .filter(line => line.day === day)
        .map(({ model, meter, pico }) => ({
          currency: 'USD',
          amount: usd(pico * 100n, 5),
          workspace_id: null,
          description: `Claude Opus 4.5 Usage - ${meter}`,
          cost_type: 'tokens',
          context_window: '0-200k',
          model,
          service_tier: 'standard',
          token_type: ANTHROPIC_TYPES[meter],
          inference_geo: 'global',
        })),
      ...(day === 2 ? more : []),
    ],
  }));
  return JSON.stringify({ data, has_more: false, next_page: null });
}
