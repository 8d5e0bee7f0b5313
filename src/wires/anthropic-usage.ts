/** Converts Anthropic's usage to disjoint meters. Its `input_tokens` excludes cached tokens. */
import type { ServedTerms, Usage } from '../core/ledger/usage.ts';
import { withoutZeros } from './canonical-usage.ts';
import { countField, field, stringField } from './json-fields.ts';
import { speedAndRegion } from './reply-bill.ts';

/** Tokens of a usage object, or of one of its iterations. */
export interface AnthropicTokens {
  readonly input: number;
  readonly cacheRead: number;
  readonly cacheWrite5m: number;
  readonly cacheWrite1h: number;
  readonly output: number;
}

/**
 * `undefined` when either total is missing.
 *
 * @param longLived how many of the cache writes live for an hour, where the object does not say it. Default: none
 */
export function anthropicTokens(usage: unknown, longLived = 0): AnthropicTokens | undefined {
  const input = countField(usage, 'input_tokens');
  const output = countField(usage, 'output_tokens');
  if (input === undefined || output === undefined) return undefined;
  return { input, ...cached(usage, longLived), output };
}

/** Usage of the input alone, which a stream reports before the reply. */
export function anthropicInputUsage(usage: unknown): Usage | undefined {
  const input = countField(usage, 'input_tokens');
  if (input === undefined) return undefined;
  const { output: _, ...rest } = withoutZeros({ ...cached(usage, 0), input });
  return rest;
}

function cached(usage: unknown, assumed: number): Pick<AnthropicTokens, 'cacheRead' | 'cacheWrite5m' | 'cacheWrite1h'> {
  const breakdown = field(usage, 'cache_creation');
  const shortLived = countField(breakdown, 'ephemeral_5m_input_tokens');
  const longLived = countField(breakdown, 'ephemeral_1h_input_tokens') ?? (shortLived === undefined ? assumed : 0);
  // The end of a stream updates the total, but not its breakdown, which may then exceed it.
  const written = countField(usage, 'cache_creation_input_tokens') ?? (shortLived ?? 0) + longLived;
  const cacheWrite1h = Math.min(longLived, written);
  return {
    cacheRead: countField(usage, 'cache_read_input_tokens') ?? 0,
    cacheWrite5m: written - cacheWrite1h,
    cacheWrite1h,
  };
}

/** The usage at a stream's end repeats only some fields: the others keep their values from its start. */
export function mergedUsage(start: unknown, delta: unknown): unknown {
  const merged: Record<string, unknown> = { ...(start as object | undefined) };
  for (const [name, value] of Object.entries(delta ?? {})) {
    if (value !== null && value !== undefined) merged[name] = value;
  }
  return merged;
}

/** How the reply says that it was served; an unknown value is passed on as it is. */
export function anthropicTerms(usage: unknown): ServedTerms {
  return { tier: stringField(usage, 'service_tier') || undefined, ...speedAndRegion(usage) };
}
