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

/** Tokens of the whole prompt, cached and audio tokens included. */
export function inputTokens(usage: Usage): number {
  return (
    (usage.input ?? 0) +
    (usage.cacheRead ?? 0) +
    (usage.cacheWrite5m ?? 0) +
    (usage.cacheWrite1h ?? 0) +
    (usage.inputAudio ?? 0) +
    (usage.cacheReadAudio ?? 0)
  );
}

/** Where a usage figure comes from: the provider's reply, or our estimate (an aborted stream). `none`: nothing was billed. */
export type Provenance = 'reported' | 'estimated' | 'none';

/** Service tier that changes the price of a call. */
export type ServiceTier = 'standard' | 'batch' | 'flex' | 'priority';

/** Characters to a token, where nothing better is known. */
const CHARS_PER_TOKEN = 4;

export interface Unreported {
  /** Length of the request's body as it was sent, in characters (UTF-16 code units). */
  readonly requestChars: number;
  /** Characters the model wrote as far as they arrived: text, refusals, tool arguments and thinking. */
  readonly replyChars: number;
  /** What the provider said of the input before the reply broke off. */
  readonly inputUsage?: Usage | undefined;
}

/**
 * Usage that the provider did not report, by one public rule: characters ÷ 4, rounded up, for the request and for the
 * reply each; what the provider did say of the input stands.
 *
 * @example
 * ```ts
 * estimateUsage({ requestChars: 401, replyChars: 10 }); // { input: 101, output: 3 }
 * ```
 */
export function estimateUsage({ requestChars, replyChars, inputUsage }: Unreported): Usage {
  const input = inputUsage ?? { input: Math.ceil(requestChars / CHARS_PER_TOKEN) };
  return { ...input, output: Math.ceil(replyChars / CHARS_PER_TOKEN) };
}
