/** Converts the usage of OpenAI, and of every vendor with its format, to disjoint meters. */
import type { PartialUsage, ServedTerms, Usage } from '../core/ledger/usage.ts';
import { TIER_OF_NAME } from '../core/ledger/usage.ts';
import { withoutZeros } from './canonical-usage.ts';
import { countField, field } from './json-fields.ts';
import { USAGE } from './openai-usage-fields.ts';
import type { Counts } from './reply-bill.ts';
import { addUnpriced, readCounts, speedAndRegion } from './reply-bill.ts';

/** The content of a usage object. */
export interface UsageReading extends Pick<ServedTerms, 'speed' | 'region'> {
  /** Undefined when the input, or both the output and the total, are missing or invalid. */
  readonly usage: Usage | undefined;
  /** The stated part of the usage if `usage` is undefined; `undefined` if the object states nothing. */
  readonly partialUsage: PartialUsage | undefined;
  /** Paths of values that are, or may be, billed but belong to no meter. The caller may add to the list. */
  readonly unpriced: string[];
  /** The object counts web searches, even if the count is 0. */
  readonly hasSearches: boolean;
}

/**
 * Reads the usage of a chat completion or of a response. A detail takes precedence over the same count at the top level, unless
 * it is 0: some gateways add details that they do not know.
 */
export function readUsage(usage: unknown): UsageReading {
  const unpriced: string[] = [];
  const counts = readCounts(usage, { fields: USAGE, path: 'usage', unpriced });
  // xAI: a tool was used, but not which one.
  if (field(usage, 'num_server_side_tools_used') && !field(usage, 'server_side_tool_usage_details'))
    addUnpriced(unpriced, 'usage.num_server_side_tools_used');
  const { input, output, total } = counts;
  // Under Anthropic's names, the input excludes cached tokens; under OpenAI's names, it includes them.
  if (total === undefined && field(usage, 'prompt_tokens') === undefined)
    for (const name of ANTHROPIC_CACHE) if (countField(usage, name)) addUnpriced(unpriced, `usage.${name}`);
  // Under OpenAI's own names, cached input is a part of the input, and a total equal to the sum of input and output includes
  // nothing else.
  const details = field(usage, 'prompt_tokens_details') ?? field(usage, 'input_tokens_details');
  const cached = countField(details, 'cached_tokens') ?? 0;
  if (input !== undefined && cached > input && total === input + (output ?? 0))
    addUnpriced(unpriced, 'usage.cached_tokens beyond the input');
  const isStated = !Array.isArray(usage) && input !== undefined && (output ?? total) !== undefined;
  return {
    usage: isStated ? disjoint(counts, input, unpriced) : undefined,
    partialUsage: isStated || Array.isArray(usage) ? undefined : partOf(counts),
    unpriced,
    hasSearches: counts.webSearch !== undefined,
    ...speedAndRegion(usage),
  };
}

const ANTHROPIC_CACHE = ['cache_read_input_tokens', 'cache_creation_input_tokens'];

function partOf({ total, ...counts }: Counts): PartialUsage | undefined {
  if (counts.input === undefined && counts.output === undefined && (total ?? 0) === 0) return undefined;
  const { input, output, ...parts } = disjoint(counts, counts.input ?? 0, []);
  return {
    ...parts,
    ...(counts.input !== undefined && { input }),
    ...(counts.output !== undefined && { output }),
    ...(total !== undefined && total > (counts.output ?? 0) && { total }),
  };
}

function disjoint(counts: Counts, prompt: number, unpriced: string[]): Usage {
  const { output: completion = 0, total = 0, audio = 0, reasoning = 0 } = counts;
  const cached = counts.cached ?? 0;
  const lifetimes = (counts.written5m ?? 0) + (counts.written1h ?? 0);
  const reportedWrites = Math.max(counts.written ?? 0, lifetimes);

  // The part of the total beyond both sums is missing from one of them.
  let rest = Math.max(0, total - prompt - completion);
  let input = prompt;
  const isBesides = (count: number): boolean => rest !== reasoning && (rest === count || rest === count + reasoning);
  const fromCache = cached + reportedWrites;
  if (isBesides(fromCache) || cached > prompt || reportedWrites > prompt) {
    input += fromCache;
    rest = Math.max(0, rest - fromCache);
  }
  if (isBesides(audio) || audio > input) {
    if (!isBesides(audio)) addUnpriced(unpriced, 'usage.audio_tokens beyond the input');
    input += audio;
    rest = Math.max(0, rest - audio);
  }
  let output = completion + rest;
  if (reasoning > output) {
    // Reasoning outside the output count: a vendor that bills it separately also omits it from the total.
    if (counts.total === undefined) output += reasoning;
    else addUnpriced(unpriced, 'usage.reasoning_tokens');
  }

  // Cached and audio tokens are parts of the input. If their sum exceeds the input, the excess is cached audio.
  const overlap = Math.max(0, cached + audio - input);
  const cacheReadAudio = Math.max(overlap, Math.min(counts.cachedAudio ?? 0, cached, audio));
  const within = (whole: number, count: number, name: string): number => {
    if (count > whole) addUnpriced(unpriced, `usage.${name}`);
    return Math.min(count, whole);
  };
  const uncached = input - cached - audio + cacheReadAudio;
  const written = within(uncached, reportedWrites, 'cache_write_tokens beyond the input');
  const cacheWrite1h = Math.min(counts.written1h ?? 0, written);
  const outputAudio = within(output, counts.outputAudio ?? 0, 'audio_tokens beyond the output');
  const outputImage = within(output - outputAudio, counts.outputImage ?? 0, 'image_tokens beyond the output');
  return withoutZeros({
    input: uncached - written,
    cacheRead: cached - cacheReadAudio,
    cacheWrite5m: written - cacheWrite1h,
    cacheWrite1h,
    inputAudio: audio - cacheReadAudio,
    cacheReadAudio,
    output: output - outputAudio - outputImage,
    outputAudio,
    outputImage,
    webSearch: counts.webSearch ?? 0,
    fileSearch: counts.fileSearch ?? 0,
    reasoning: Math.min(reasoning, output),
  });
}

/** The tier that served a call, under our name if it is known, else under the vendor's; `undefined` if the reply names none. */
export function tierOf(tier: unknown): string | undefined {
  if (typeof tier === 'number') return String(tier);
  return typeof tier === 'string' && tier !== '' ? (TIER_OF_NAME.get(tier.toLowerCase()) ?? tier) : undefined;
}

/** The tier of a reply, where the vendor gives it within the usage. Google calls it `traffic_type`. */
export function tierOfUsage(usage: unknown): string | undefined {
  const google = field(field(usage, 'extra_properties'), 'google');
  return tierOf(field(usage, 'service_tier')) ?? tierOf(field(google, 'traffic_type'));
}

/** Input and output, or the total in its place; `undefined` where the object states no such counts. */
export function statedTokens(usage: unknown): number | undefined {
  const input = countField(usage, 'prompt_tokens') ?? countField(usage, 'input_tokens');
  const output =
    countField(usage, 'completion_tokens') ?? countField(usage, 'output_tokens') ?? countField(usage, 'total_tokens');
  return input === undefined || output === undefined ? undefined : input + output;
}
