/** Converts Anthropic's usage to disjoint meters. Its `input_tokens` excludes cached tokens. */
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
    // The totals leave out compactions, which are billed too.
    if (field(iteration, 'type') === 'compaction') addTo(total, anthropicUsage(iteration));
  }
  return withoutZeros(total);
}

/** Usage of the input alone, which a stream reports before the reply. */
export function anthropicInputUsage(usage: unknown): Usage | undefined {
  const input = countField(usage, 'input_tokens');
  if (input === undefined) return undefined;
  const { output: _, ...rest } = withoutZeros({ ...cached(usage), input });
  return rest;
}

function cached(usage: unknown): Usage {
  const breakdown = field(usage, 'cache_creation');
  const shortLived = countField(breakdown, 'ephemeral_5m_input_tokens') ?? 0;
  const longLived = countField(breakdown, 'ephemeral_1h_input_tokens') ?? 0;
  // The end of a stream updates the total, but not its breakdown, which may then exceed it.
  const written = countField(usage, 'cache_creation_input_tokens') ?? shortLived + longLived;
  const cacheWrite1h = Math.min(longLived, written);
  return {
    cacheRead: countField(usage, 'cache_read_input_tokens') ?? 0,
    cacheWrite5m: written - cacheWrite1h,
    cacheWrite1h,
  };
}

function addTo(total: UsageDraft, more: Usage | undefined): void {
  for (const [name, count] of Object.entries(more ?? {})) {
    const meter = name as keyof Usage;
    total[meter] = (total[meter] ?? 0) + count;
  }
}

/** The usage at a stream's end repeats only some fields: the others keep their values from its start. */
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
