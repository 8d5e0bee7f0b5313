/** Types that the fake provider's three APIs share: a parsed request, and a reply before it is rendered. */
import type { ErrorContext, ErrorKind, ProviderError } from './fake-errors.ts';
import type { FakeStatements } from './fake-statements.ts';
import type { FakeMeter, FakeTokens } from './fake-tokens.ts';

export type FakeApiName = 'openai-chat' | 'openai-responses' | 'anthropic-messages';

export type FakeTier = 'standard' | 'flex' | 'priority' | 'batch';

export interface FakeTool {
  readonly name: string;
  readonly schema: unknown;
}

/** A request, in the same form for every API. */
export interface FakeRequest {
  readonly model: string;
  readonly stream: boolean;
  /** Text of the user's last message, which may have the tags of {@link FakeTask}. */
  readonly lastUserText: string;
  /** The conversation ends with a tool's result, so the model answers instead of calling a tool again. */
  readonly endsWithToolResult: boolean;
  readonly tools: readonly FakeTool[];
  /** `'none'`, a tool's name, or `undefined`: the model chooses. */
  readonly toolChoice: string | undefined;
  /** The JSON schema the reply must follow; `true`: any JSON object. */
  readonly schema: unknown;
  readonly maxOutputTokens: number | undefined;
  /** The reply includes its usage. */
  readonly reportsUsage: boolean;
  readonly tier: FakeTier;
  /** The speed and the region that the request asks for; only Messages has them. */
  readonly speed?: string | undefined;
  readonly region?: string | undefined;
  readonly thinks: boolean;
  /** Characters of earlier turns that the server has stored, which count as input. */
  readonly rememberedChars: number;
  /** Models that signed the thinking in the conversation. */
  readonly signedBy: readonly string[];
}

export interface FakeAudio {
  /** Base64. */
  readonly data: string;
  /** The spoken text. */
  readonly transcript: string;
}

/** A reply before an API renders it. */
export interface PlannedReply {
  readonly text: string;
  readonly refusal: string | undefined;
  readonly thinking: string | undefined;
  readonly toolCalls: readonly { readonly name: string; readonly arguments: string }[];
  /** An image in base64, in place of text; Messages cannot send one. */
  readonly image?: string | undefined;
  /** Speech in base64 with its text, in place of text; only Chat Completions can send it. */
  readonly audio?: FakeAudio | undefined;
  readonly finish: 'stop' | 'length' | 'tool-calls' | 'refusal' | 'pause';
  readonly tokens: FakeTokens;
  /** Number of events that a streamed text is split into. */
  readonly pieces: number;
  /** Whether the task was solved; `undefined` for a reply that calls a tool, refuses, or is scripted. */
  readonly solved: boolean | undefined;
  /** How the reply was served and what it used, if the script states it. */
  readonly states?: FakeStatements | undefined;
}

/** One event of a stream. */
export interface RenderedEvent {
  readonly text: string;
  /** Characters in the event that the model wrote. */
  readonly chars: number;
  /** The event reports the usage of the input, or of the whole reply. */
  readonly reports?: 'input' | 'usage';
  /** The event has nothing of the model's output: it opens the stream, or reports an error. */
  readonly withoutOutput?: true;
  /** A part of the stream that some providers leave out. */
  readonly part?: 'usage-chunk' | 'done';
}

/** A reply, ready to be sent. */
export type FakeReply = (
  | { readonly json: Readonly<Record<string, unknown>> }
  | { readonly events: readonly RenderedEvent[] }
) & {
  /** The reply ends with an error, or is only queued: it is free unless the model's output has begun, or usage was sent. */
  readonly incomplete?: boolean;
};

export interface RenderContext {
  readonly request: FakeRequest;
  readonly body: Readonly<Record<string, unknown>>;
  /** Creates ids: `id('msg')` → `msg_…`. The same request number gives the same ids. */
  readonly id: (prefix: string) => string;
  readonly createdAtS: number;
}

export interface FakeApi {
  readonly name: FakeApiName;
  /** Path of the API's POST requests. */
  readonly path: string;
  /** Header with the provider's id of the exchange. */
  readonly requestIdHeader: string;
  /** Meters that the API cannot report, and so does not bill. */
  readonly lacks: readonly FakeMeter[];
  read(
    body: Readonly<Record<string, unknown>>,
    remembered: (id: string) => number | undefined,
  ): FakeRequest | ErrorKind;
  json(plan: PlannedReply, context: RenderContext): Readonly<Record<string, unknown>>;
  events(plan: PlannedReply, context: RenderContext): readonly RenderedEvent[];
  /** The error as the API's own vendor writes it. */
  error(error: ErrorKind, request: ErrorContext): ProviderError;
}
