/** The settings of a request, beside its conversation, that more than one API has. */
import type { JsonValue } from './json-text.ts';

/** The vendor is asked to cache the prompt up to and with this part or tool. */
export interface CacheBreakpoint {
  readonly ttl?: '5m' | '30m' | '1h' | '12h' | undefined;
}

/** A setting is absent where the request omits it or states its documented default. */
export interface AskedSettings {
  readonly maxTokens?: number | undefined;
  readonly temperature?: number | undefined;
  readonly topP?: number | undefined;
  readonly topK?: number | undefined;
  readonly seed?: number | undefined;
  readonly frequencyPenalty?: number | undefined;
  readonly presencePenalty?: number | undefined;
  /** Texts that end the reply; never empty. */
  readonly stop?: readonly string[] | undefined;
  readonly verbosity?: string | undefined;
  /** How many replies at once; never 1. */
  readonly choices?: number | undefined;
  /** Log probabilities of this many alternatives per token; 0: of the chosen tokens only. */
  readonly topLogprobs?: number | undefined;
  /** How much of its reasoning is shown: OpenAI's `auto`, `concise`, `detailed`; Anthropic's `summarized`, `omitted`. */
  readonly reasoningShown?: string | undefined;
  /** OpenAI's tier. Anthropic's tiers have other prices, so it is never translated. */
  readonly serviceTier?: string | undefined;
  /** The vendor places a cache breakpoint itself. */
  readonly cacheAuto?: CacheBreakpoint | undefined;
  readonly cacheKey?: string | undefined;
  /** Opaque id of the end user. */
  readonly user?: string | undefined;
  readonly metadata?: Readonly<Record<string, string>> | undefined;
  readonly moderation?: JsonValue | undefined;
}

export type Setting = keyof AskedSettings;

/** What an API does with a setting: it has a field for it, drops it as a preference, or cannot serve the request. */
export type SettingMark = 'mapped' | { readonly mark: 'unable' | 'preference'; readonly reason: string };

/** The mark of each setting. */
export type SettingMarks = Readonly<Record<Setting, SettingMark>>;
