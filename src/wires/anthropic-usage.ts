/** Converts Anthropic's usage to disjoint meters. Its `input_tokens` excludes cached tokens. */
import type { PartialUsage, ServedTerms } from '../core/ledger/usage.ts';
import { withoutZeros } from './canonical-usage.ts';
import { countField, field, listField } from './json-fields.ts';
import type { Counts, UsageFields } from './reply-bill.ts';
import { addUnpriced, readCounts, speedAndRegion, usageFields } from './reply-bill.ts';

const FIELDS: UsageFields = usageFields({
  input_tokens: 'input',
  output_tokens: 'output',
  output_tokens_details: usageFields({ thinking_tokens: 'reasoning' }),
  cache_read_input_tokens: 'cached',
  cache_creation_input_tokens: 'written',
  cache_creation: usageFields({
    ephemeral_5m_input_tokens: 'written5m',
    ephemeral_1h_input_tokens: 'written1h',
  }),
  server_tool_use: usageFields({
    web_search_requests: 'webSearch',
    web_fetch_requests: 'webFetch',
    code_execution_requests: 'codeRuns',
  }),
  // Each iteration is a usage object of its own.
  iterations: 'part',
  // Gateways add the sum.
  total_tokens: 'total',
});

/** The counts of a usage object, or of one of its iterations. Paths of unknown counts are added to `unpriced`. */
export function anthropicCounts(usage: unknown, path: string, unpriced: string[]): Counts {
  const counts = readCounts(usage, { fields: FIELDS, path, unpriced });
  const { written, written5m = 0, written1h = 0 } = counts;
  // The lifetime of the difference is unknown, unless iterations state it.
  const isMixed = written5m > 0 && written1h > 0 && field(usage, 'iterations') === undefined;
  const lifetimes = written5m + written1h;
  // The end of a stream updates the total, but not its breakdown, whose sum may then be below the total, but never above it.
  if (written !== undefined && (isMixed ? written !== lifetimes : written < lifetimes))
    addUnpriced(unpriced, `${path}.cache_creation beside another total`);
  return counts;
}

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
export function anthropicTokens(counts: Counts, longLived = 0): AnthropicTokens | undefined {
  const { input, output } = counts;
  if (input === undefined || output === undefined) return undefined;
  return { input, ...cacheTokens(counts, longLived), output };
}

/** The stated tokens, where a total is missing. */
export function anthropicStatedUsage(counts: Counts): PartialUsage | undefined {
  const { input, output, total = 0 } = counts;
  if (input === undefined && output === undefined && total === 0) return undefined;
  const { input: _, output: __, ...cache } = withoutZeros(cacheTokens(counts, 0));
  return {
    ...cache,
    ...(input !== undefined && { input }),
    ...(output !== undefined && { output }),
    ...(input === undefined && total > (output ?? 0) && { total }),
  };
}

/** Usage of the input alone, which a stream reports before the reply. The output count in it is that of the first event. */
export function anthropicInputUsage(counts: Counts): PartialUsage | undefined {
  const { output: _, ...stated } = anthropicStatedUsage(counts) ?? {};
  return stated.input === undefined ? undefined : stated;
}

function cacheTokens(
  { cached = 0, written = 0, written5m, written1h }: Counts,
  assumed: number,
): Pick<AnthropicTokens, 'cacheRead' | 'cacheWrite5m' | 'cacheWrite1h'> {
  const total = Math.max(written, (written5m ?? 0) + (written1h ?? 0));
  const cacheWrite1h = Math.min(written1h ?? (written5m === undefined ? assumed : 0), total);
  return { cacheRead: cached, cacheWrite5m: total - cacheWrite1h, cacheWrite1h };
}

/** The fields that count input. */
const INPUT = ['input_tokens', 'cache_read_input_tokens', 'cache_creation_input_tokens'];

/**
 * The usage at a stream's end repeats only some fields: the others keep their values from its start. If all counts of input at
 * the end are 0, they are ignored as well, because counts never fall.
 */
export function mergedUsage(start: unknown, delta: unknown): unknown {
  const merged: Record<string, unknown> = { ...(start as object | undefined) };
  const hasInput = INPUT.some(name => (countField(delta, name) ?? 0) > 0);
  for (const [name, value] of Object.entries(delta ?? {})) {
    if (value === null || value === undefined || (!hasInput && value === 0 && INPUT.includes(name) && name in merged))
      continue;
    merged[name] = value;
  }
  // If a stream changes its model, its start has cache writes of a call that the totals omit and an iteration includes.
  if (listField(merged, 'iterations').length > 0 && !field(delta, 'cache_creation')) capLifetimes(merged);
  return merged;
}

function capLifetimes(usage: Record<string, unknown>): void {
  const { cache_creation: lifetimes } = usage;
  const total = countField(usage, 'cache_creation_input_tokens');
  if (total === undefined || typeof lifetimes !== 'object') return;
  const short = countField(lifetimes, 'ephemeral_5m_input_tokens') ?? 0;
  const long = Math.min(countField(lifetimes, 'ephemeral_1h_input_tokens') ?? 0, total);
  if (short + long < total) return;
  usage.cache_creation = { ...lifetimes, ephemeral_5m_input_tokens: total - long, ephemeral_1h_input_tokens: long };
}

/** A tier in lower case, even if it is a number. */
function tierOf(tier: unknown): string | undefined {
  if (typeof tier !== 'string') return typeof tier === 'number' ? String(tier) : undefined;
  return tier.toLowerCase() || undefined;
}

/** How the reply was served, as it states; an unknown value is passed on unchanged. */
export function anthropicTerms(usage: unknown): ServedTerms {
  return { tier: tierOf(field(usage, 'service_tier')), ...speedAndRegion(usage) };
}
