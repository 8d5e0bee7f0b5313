import { toUsd } from '../core/ledger/money.ts';
import type { Price } from '../contracts/price.ts';

/** The assumed size of a request, used before any request is measured. */
export interface TypicalSize {
  readonly inputTokens?: number;
  readonly outputTokens?: number;
  readonly latencyMs?: number;
}

/**
 * The cost of one request of a typical size with its fee, USD: the prior cost c₀ of a model before its first request. Default 1,000
 * input and 300 output tokens, and 2 seconds for a model priced by its latency. 0 for a price that the calls report.
 *
 * @example
 * ```ts
 * typicalCostUsd(resolvePrice({ provider: 'openai', model: 'gpt-5-mini' }), Date.UTC(2026, 0, 1)); // 0.00085
 * ```
 */
export function typicalCostUsd(price: Price, atMs: number, size: TypicalSize = {}): number {
  const { inputTokens = 1_000, outputTokens = 300, latencyMs = 2_000 } = size;
  const usage = { input: inputTokens, output: outputTokens, request: 1 };
  return toUsd(price.cost(usage, atMs, undefined, latencyMs));
}
