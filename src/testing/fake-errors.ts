/** The kinds of errors that the fake provider sends, and the vendors whose wording it can use. */

/** A feature of a model that a request may need. */
export type FakeCapability =
  | 'tools'
  | 'schema'
  | 'images'
  | 'audio'
  | 'files'
  | 'stop'
  | 'stream'
  | 'several-choices'
  | 'reasoning';

/**
 * The vendor whose wording an error has. If a vendor has no wording of its own for an error, that of the API's vendor is used:
 * OpenAI's or Anthropic's.
 */
export type FakeVendor =
  | 'openai'
  | 'anthropic'
  | 'azure'
  | 'deepseek'
  | 'groq'
  | 'mistral'
  | 'new-api'
  | 'openrouter'
  | 'together'
  | 'vllm'
  | 'xai';

/** What a vendor refuses in its own words: the account, the model, the size or the content. */
export type RefusalKind =
  | 'invalid-key'
  | 'no-credit'
  | 'no-permission'
  | 'unknown-model'
  | 'retired-model'
  | 'request-too-large'
  | 'content-filter';

/** A kind of error, with the values that its text quotes. */
export type ErrorKind =
  | { readonly kind: 'status'; readonly status: number }
  | { readonly kind: RefusalKind | 'foreign-thinking' | 'invalid-json' }
  /** Tokens of the request, and the maximum of the model's context. */
  | { readonly kind: 'context-too-long'; readonly tokens: number; readonly limit: number }
  /** The parameter that asks for more output tokens than the model writes. */
  | { readonly kind: 'output-too-long'; readonly parameter: string; readonly tokens: number; readonly limit: number }
  | { readonly kind: 'unsupported-parameter'; readonly parameter: string; readonly value?: unknown }
  | {
      readonly kind: 'unsupported-value';
      readonly parameter: string;
      readonly value?: unknown;
      /** The values that the model supports. Default: only 1. */
      readonly supported?: readonly unknown[];
    }
  | { readonly kind: 'unsupported-capability'; readonly capability: FakeCapability }
  | { readonly kind: 'unknown-response'; readonly id: string }
  /** A vendor's rule about fields that a request may not combine, in the vendor's words. Default status: 400. */
  | { readonly kind: 'broken-rule'; readonly message: string; readonly status?: number; readonly parameter?: string };

/** The request that an error answers. */
export interface ErrorContext {
  readonly api: 'openai-chat' | 'openai-responses' | 'anthropic-messages';
  readonly model: string;
  readonly requestId: string;
}

export type ErrorBody = Readonly<Record<string, unknown>>;

/** An error as a provider renders it. */
export interface ProviderError {
  readonly status: number;
  readonly body: ErrorBody;
}

type ErrorOf<Kind, Of = ErrorKind> = Of extends { readonly kind: infer Own } ? (Kind extends Own ? Of : never) : never;

/** The errors for which a vendor has its own wording: status and body. `undefined`: no wording for this one. */
export type ErrorWords = {
  readonly [Kind in ErrorKind['kind']]?: (
    error: ErrorOf<Kind>,
    context: ErrorContext,
  ) => readonly [status: number, body: ErrorBody] | undefined;
};
