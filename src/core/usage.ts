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
  'webSearch',
] as const;

/**
 * A billed quantity. All are tokens except `webSearch` (calls). `input` excludes cached and audio tokens, whatever the
 * provider's own convention; `output` includes reasoning tokens and excludes audio.
 */
export type Meter = (typeof METERS)[number];

/** Billed counts (absent = 0), and `reasoning`: the part of `output` that was reasoning, for display, never billed twice. */
export type Usage = Readonly<Partial<Record<Meter, number>>> & { readonly reasoning?: number };

/** Where a usage figure comes from: the provider's reply, or our estimate (an aborted stream). `none`: nothing was billed. */
export type Provenance = 'reported' | 'estimated' | 'none';

/** Service tier that changes the price of a call. */
export type ServiceTier = 'standard' | 'batch' | 'flex' | 'priority';

/** Characters that count as one token where a provider did not say. */
export const CHARS_PER_TOKEN = 4;

/**
 * What a call probably used when the provider did not report it (an aborted or broken stream): a token per four
 * characters of the request's body and of the reply's content, each rounded up.
 */
export function estimateUsage(sizes: { readonly requestChars: number; readonly replyChars: number }): Usage {
  return {
    input: Math.ceil(sizes.requestChars / CHARS_PER_TOKEN),
    output: Math.ceil(sizes.replyChars / CHARS_PER_TOKEN),
  };
}
