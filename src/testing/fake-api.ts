/** What the fake provider's three APIs have in common: what a request asks, and what a reply is made of. */

export type FakeApiName = 'openai-chat' | 'openai-responses' | 'anthropic-messages';

/** Tokens (and calls) of one exchange, disjoint, under the names of the library's meters. */
export interface FakeTokens {
  readonly input: number;
  readonly cacheRead: number;
  readonly cacheWrite5m: number;
  readonly cacheWrite1h: number;
  readonly inputAudio: number;
  readonly output: number;
  readonly outputAudio: number;
  readonly webSearch: number;
  /** The part of `output` that was reasoning. */
  readonly reasoning: number;
}

export type FakeMeter = Exclude<keyof FakeTokens, 'reasoning'>;

export type FakeTier = 'standard' | 'flex' | 'priority' | 'batch';

export interface FakeTool {
  readonly name: string;
  readonly schema: unknown;
}

/** What a request asks, whatever the API. */
export interface FakeRequest {
  readonly model: string;
  readonly stream: boolean;
  /** Text of the last message of the user, where the tags are looked for. */
  readonly lastUserText: string;
  /** The conversation ends with a tool's result: the model answers instead of calling again. */
  readonly endsWithToolResult: boolean;
  readonly tools: readonly FakeTool[];
  /** `'none'`, a tool's name, or left to the model. */
  readonly toolChoice: string | undefined;
  /** The JSON schema the reply must follow; `true`: any JSON object. */
  readonly schema: unknown;
  readonly maxOutputTokens: number | undefined;
  /** A stream of this request says what it used. */
  readonly reportsUsage: boolean;
  readonly tier: FakeTier;
  readonly thinks: boolean;
  /** Characters that earlier turns, kept on the server, add to the input. */
  readonly rememberedChars: number;
  /** Who signed the thinking in the conversation, where any is signed. */
  readonly signedBy: readonly string[];
}

/** A reply before it is put in an API's words. */
export interface PlannedReply {
  readonly text: string;
  readonly refusal: string | undefined;
  readonly thinking: string | undefined;
  readonly toolCalls: readonly { readonly name: string; readonly arguments: string }[];
  readonly finish: 'stop' | 'length' | 'tool-calls' | 'refusal';
  readonly tokens: FakeTokens;
  /** Events that the text is split into. */
  readonly pieces: number;
  /** Whether the task was solved; `undefined` for a reply that only calls a tool, or refuses. */
  readonly solved: boolean | undefined;
}

/** One event of a stream. */
export interface RenderedEvent {
  readonly text: string;
  /** Characters in it that the model wrote. */
  readonly chars: number;
  /** What the client knows from here on: the tokens of the input, or of everything. */
  readonly reports?: 'input' | 'usage';
}

export interface RenderContext {
  readonly request: FakeRequest;
  readonly body: Readonly<Record<string, unknown>>;
  /** Makes ids: `id('msg')` → `msg_…`, another each time, the same for the same seed. */
  readonly id: (prefix: string) => string;
  readonly createdAtS: number;
}

/** An error as the provider would put it. */
export interface ProviderError {
  readonly status: number;
  readonly body: unknown;
}

/** What went wrong, for {@link FakeApi.error} to put in its provider's words. */
export type ErrorKind =
  | { readonly kind: 'status'; readonly status: number }
  | { readonly kind: 'unknown-model'; readonly model: string }
  | {
      readonly kind: 'unsupported-parameter' | 'unsupported-value';
      readonly parameter: string;
      readonly value?: unknown;
    }
  | { readonly kind: 'unknown-response'; readonly id: string }
  | { readonly kind: 'foreign-thinking' }
  | { readonly kind: 'invalid-json' };

export interface FakeApi {
  readonly name: FakeApiName;
  /** Path of its POST. */
  readonly path: string;
  /** The header that carries the provider's id of an exchange. */
  readonly requestIdHeader: string;
  /** Meters it cannot report, and so does not bill. */
  readonly lacks: readonly FakeMeter[];
  read(
    body: Readonly<Record<string, unknown>>,
    remembered: (id: string) => number | undefined,
  ): FakeRequest | ErrorKind;
  json(plan: PlannedReply, context: RenderContext): Readonly<Record<string, unknown>>;
  events(plan: PlannedReply, context: RenderContext): readonly RenderedEvent[];
  error(error: ErrorKind, requestId: string): ProviderError;
}
