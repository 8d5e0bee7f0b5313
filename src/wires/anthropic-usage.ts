/** Usage as Anthropic's API reports it → disjoint meters. Its `input_tokens` excludes what was cached. */
import type { ServiceTier, Usage } from '../core/ledger/usage.ts';
import type { UsageDraft } from './canonical-usage.ts';
import { withoutZeros } from './canonical-usage.ts';
import { countField, field, listField } from './json-fields.ts';

/** `undefined` when either total is missing. */
export function anthropicUsage(usage: unknown): Usage | undefined {
  const input = countField(usage, 'input_tokens');
  const output = countField(usage, 'output_tokens');
  if (input === undefined || output === undefined) return undefined;
  const thinking = countField(field(usage, 'output_tokens_details'), 'thinking_tokens') ?? 0;
  const total: UsageDraft = { ...cached(usage), input, output, reasoning: Math.min(thinking, output) };
  total.webSearch = countField(field(usage, 'server_tool_use'), 'web_search_requests') ?? 0;
  for (const iteration of listField(usage, 'iterations')) {
    // The totals include every iteration but the compactions, which are billed all the same.
    if (field(iteration, 'type') === 'compaction') addTo(total, anthropicUsage(iteration));
  }
  return withoutZeros(total);
}

/** The input's part of it, which a stream reports before the reply. */
export function anthropicInputUsage(usage: unknown): Usage | undefined {
  const input = countField(usage, 'input_tokens');
  if (input === undefined) return undefined;
  const { output: _, ...rest } = withoutZeros({ ...cached(usage), input });
  return rest;
}

function cached(usage: unknown): Usage {
  const written = field(usage, 'cache_creation');
  const shortLived = countField(written, 'ephemeral_5m_input_tokens') ?? 0;
  const longLived = countField(written, 'ephemeral_1h_input_tokens') ?? 0;
  // The total is brought up to date at a stream's end, its breakdown is not.
  const total = countField(usage, 'cache_creation_input_tokens') ?? shortLived + longLived;
  const cacheWrite1h = Math.min(longLived, total);
  return {
    cacheRead: countField(usage, 'cache_read_input_tokens') ?? 0,
    cacheWrite5m: total - cacheWrite1h,
    cacheWrite1h,
  };
}

function addTo(total: UsageDraft, more: Usage | undefined): void {
  for (const [name, count] of Object.entries(more ?? {})) {
    const meter = name as keyof Usage;
    total[meter] = (total[meter] ?? 0) + count;
  }
}

/** A stream's last word on usage is a part of it: what it does not repeat stands. */
export function mergedUsage(start: unknown, delta: unknown): unknown {
  const merged: Record<string, unknown> = { ...(start as object | undefined) };
  for (const [name, value] of Object.entries(delta ?? {})) {
    if (value !== null && value !== undefined) merged[name] = value;
  }
  return merged;
}

const TIERS: ReadonlySet<unknown> = new Set<ServiceTier>(['standard', 'priority', 'batch']);

export function anthropicTier(usage: unknown): ServiceTier | undefined {
  const tier = field(usage, 'service_tier');
  return TIERS.has(tier) ? (tier as ServiceTier) : undefined;
}
