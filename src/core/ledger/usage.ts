/** What a provider bills: one count per meter, disjoint, so that an amount is the sum of count × rate. */

export const METERS = [
  'input',
  'cacheRead',
  'cacheWrite5m',
  'cacheWrite1h',
  'inputAudio',
  'cacheReadAudio',
  'output',
  'outputAudio',
  'outputImage',
  'imageGenInput',
  'imageGenInputImage',
  'imageGenOutput',
  'webSearch',
  'fileSearch',
  'codeSession',
  'request',
  'webSearchPreview',
] as const;

/**
 * A billed quantity: tokens, or another count, such as searches. `input` excludes cached and audio tokens, whatever the provider's own
 * convention; `output` includes reasoning tokens and excludes audio and images. `imageGen…` are the tokens of an image model that the
 * reply's model called as a tool: its text input, its image input, and its output images. `webSearchPreview` is a search by OpenAI's older
 * tool, which has its own price.
 */
export type Meter = (typeof METERS)[number];

/** Meters that count something other than tokens: searches, containers of a code interpreter, requests with a fee. */
export const COUNTED_METERS: ReadonlySet<Meter> = new Set([
  'webSearch',
  'webSearchPreview',
  'fileSearch',
  'codeSession',
  'request',
]);

/** Tokens of the model itself. Tokens of an image model that it calls have a separate price, as counted meters do. */
export function isOwnToken(meter: Meter): boolean {
  return !COUNTED_METERS.has(meter) && !meter.startsWith('imageGen');
}

/**
 * Billed counts (absent = 0), and `reasoning`: the part of `output` that was reasoning, for display, never billed
 * twice.
 */
export type Usage = Readonly<Partial<Record<Meter, number>>> & { readonly reasoning?: number };

/** The part of an incomplete usage that the provider stated. A count that is absent is unknown, not 0. */
export type PartialUsage = Usage & {
  /** Input and output together, where one of them is not stated. */
  readonly total?: number;
};

/** Whether a count can be billed: a whole number above 0. Usage from plain JavaScript may have anything in place of a count. */
export function isBillable(count: unknown): count is number {
  return Number.isSafeInteger(count) && (count as number) > 0;
}

/** Tokens of the whole prompt, cached and audio tokens included. A count that cannot be billed counts as 0. */
export function inputTokens(usage: Usage): number {
  return (
    billable(usage.input) +
    billable(usage.cacheRead) +
    billable(usage.cacheWrite5m) +
    billable(usage.cacheWrite1h) +
    billable(usage.inputAudio) +
    billable(usage.cacheReadAudio)
  );
}

function billable(count: unknown): number {
  return isBillable(count) ? count : 0;
}

/**
 * `reported` by the provider, or `estimated` where it reported nothing (an aborted stream). `none`: nothing was billed.
 */
export type Provenance = 'reported' | 'estimated' | 'none';

/** Service tier that changes the price of a call. */
export type ServiceTier = 'standard' | 'batch' | 'flex' | 'priority';

/**
 * How a call was served according to the provider: the terms that may change its price. Absent: in the standard way. A value that the price
 * does not know is kept as the provider wrote it, and makes the cost an estimate.
 */
export interface ServedTerms {
  readonly tier?: ServiceTier | (string & {}) | undefined;
  /** Anthropic's `fast`. */
  readonly speed?: string | undefined;
  /** Where the model ran: `us`, `eu`. */
  readonly region?: string | undefined;
}

/** Integer pico-dollars (10⁻¹² USD) per unit of a meter: $0.0125 per million tokens = 12,500. `gpuMs`: per millisecond of a GPU. */
export type MeterRates = Readonly<Partial<Record<Meter | 'gpuMs', number>>>;

/**
 * The rates that a call was priced at: one for each meter that the call used, where that meter has a rate. Kept with the call, so that its
 * cost can be explained without the configuration. Absent where the reply stated its cost, and in ledgers of earlier versions.
 */
export interface PricedAt {
  readonly rates?: MeterRates | undefined;
  /** Rates before a negotiated discount; absent where there is none. */
  readonly listRates?: MeterRates | undefined;
}

/** One of several calls that the provider bills inside one reply: a compaction, an advisor, a fallback model. */
export interface BilledCall extends PricedAt {
  /** The provider's name of the model that made it; absent: the model that wrote the reply. */
  readonly model?: string | undefined;
  readonly usage: Usage;
}

/** Characters per token, assumed where the provider reported no tokens. Larger: estimates are lower. */
export const CHARS_PER_TOKEN = 4;

/** A shorter request cannot contain a file that is worth counting separately. */
export const MIN_CHARS_WITH_FILE = 4_000;

export interface UnreportedUsage {
  /**
   * Length of the request's body as it was sent, in characters (UTF-16 code units); a file in it counts as four characters for each of the
   * file's tokens.
   */
  readonly requestChars: number;
  /** Characters of the model's output that arrived: text, refusals, tool arguments and thinking. */
  readonly replyChars: number;
  /**
   * The usage that the provider stated: up to the point where the reply broke off, or a part of the usage of a whole
   * reply.
   */
  readonly partialUsage?: PartialUsage | undefined;
}

/**
 * Estimates usage that the provider did not report: characters ÷ 4, rounded up, for the request and for the reply each. Counts that it did
 * report are kept. If the input was reported, the output may have grown since then. If only a total was reported, the rest of it is the
 * input.
 *
 * @example
 * ```ts
 * estimateUsage({ requestChars: 401, replyChars: 10 }); // { input: 101, output: 3 }
 * ```
 */
export function estimateUsage({ requestChars, replyChars, partialUsage = {} }: UnreportedUsage): Usage {
  const { total = Infinity, ...stated } = partialUsage;
  const written = Math.min(total, Math.max(Math.ceil(replyChars / CHARS_PER_TOKEN), stated.reasoning ?? 0));
  const output = stated.input === undefined ? stated.output || written : Math.max(stated.output ?? 0, written);
  if (stated.input !== undefined && inputTokens(stated) > 0) return { ...stated, output };
  const prompt = Number.isFinite(total) ? total - output : Math.ceil(requestChars / CHARS_PER_TOKEN);
  return { ...stated, input: Math.max(0, prompt - inputTokens(stated)), output };
}

/**
 * Our name of a tier by the vendor's name in lower case. Tiers that cost what the standard tier costs are `standard`.
 */
export const TIER_OF_NAME: ReadonlyMap<string, string> = new Map([
  ...['standard', 'batch', 'flex', 'priority'].map(tier => [tier, tier] as const),
  ['default', 'standard'],
  ['auto', 'standard'],
  ['on_demand', 'standard'],
  ['fast', 'priority'],
  ['on_demand_flex', 'flex'],
  ['on_demand_priority', 'priority'],
]);
