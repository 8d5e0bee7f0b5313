/** The contract of a wire: how one provider API writes model, usage, text and end in requests, replies and streams. */
import type { NanoUsd } from '../core/ledger/money.ts';
import type { BilledCall, PartialUsage, ServedTerms, Usage } from '../core/ledger/usage.ts';
import type { ModelAbilities } from './model-abilities.ts';
import type { NeutralParams } from './model-params.ts';

export type Provider = 'openai' | 'anthropic';

/** A feature of a model that a request needs; a candidate without it is not eligible for the request. */
export type Capability =
  | 'tools'
  | 'schema'
  | 'images'
  | 'files'
  | 'audio'
  | 'stop'
  | 'several-choices'
  | 'reasoning'
  | 'streaming';

/** Why only one model can answer a request. */
export interface ModelBinding {
  /** A text for people, recorded with the decision: `previous_response_id`, `signed thinking`, `vendor fallbacks`. */
  readonly reason: string;
  /** Keys ({@link ReplyFacts.keys}) of the replies that it continues, the latest first. Without a known one, the intent's model must answer. */
  readonly keys?: readonly string[] | undefined;
}

/** What the router needs to know of a serialized request body. */
export interface RequestFacts {
  /** The value of the top-level `model`. */
  readonly model: string;
  readonly stream: boolean;
  /** Set when the request is bound to one model, so that no other may answer it. */
  readonly bound?: ModelBinding | undefined;
  /** May search the whole body: computed on first use, then kept. */
  readonly capabilities: ReadonlySet<Capability>;
  /** Length of the body in characters: a proxy of the prompt's size. */
  readonly chars: number;
  /** Messages of the user in the conversation, at least 1; tool results do not count. Parses the body on first use. */
  readonly turns: number;
  /** The JSON text of a top-level parameter as the caller wrote it, or of a member of one (`text.verbosity`); `undefined` when it is absent or null. */
  parameter(name: string): string | undefined;
  /**
   * A model's `params` as fields of this request's body, in the form of {@link RequestChanges.set}. Absent: the API of this wire
   * has no fields for them, and a model with `params` cannot be called through it.
   */
  settings?(params: NeutralParams, abilities: ModelAbilities): BodyPatch;
}

/** Changes to a request's top-level parameters for one model, applied in this order: rename, drop, clamp. */
export interface RequestTransform {
  /** Renames a parameter: `{ max_tokens: 'max_completion_tokens' }`. A parameter that already has the new name is kept. */
  readonly rename?: Readonly<Record<string, string>>;
  /** Drops parameters that are only a preference, or such members of one: `['temperature', 'text.verbosity']`. */
  readonly drop?: readonly string[];
  /** Drops a parameter where it has one of these values: `{ service_tier: ['priority'] }`. */
  readonly dropValues?: Readonly<Record<string, readonly (string | number | boolean)[]>>;
  /** Upper bound of a numeric parameter: `{ max_tokens: 8192 }`. */
  readonly clamp?: Readonly<Record<string, number>>;
}

/** A JSON merge patch (RFC 7396) of a body: an object changes the members that it names, and null removes a value. */
export type BodyPatch = Readonly<Record<string, unknown>>;

/** All changes to a request for one model: what is set comes first. */
export interface RequestChanges extends RequestTransform {
  readonly set?: BodyPatch;
}

/** How a reply ended. `cut-off`: at a token limit. `pending`: not ended yet (queued, in progress, paused). `other`: unknown. */
export type Finish = 'stop' | 'cut-off' | 'refusal' | 'tool-calls' | 'pending' | 'other';

/** A parameter that the model refused, with the details that the error states. */
export interface RefusedParameter {
  /** Name of a top-level parameter: `temperature`; of a member, `text.verbosity`. */
  readonly name: string;
  /** Only this value was refused, as JSON text: `"minimal"`. Absent: the parameter itself was, with any value. */
  readonly value?: string;
  /** Only the value that was sent was refused, which the error does not repeat. */
  readonly isValue?: boolean;
  /** The largest number that the model takes: `max_tokens` up to 16384. */
  readonly max?: number;
  /** The parameter is refused beside this other one only: `temperature` beside `top_p`. */
  readonly combined?: string | undefined;
}

/** An error as a provider reports it, whatever form it came in: an HTTP status, JSON in a 200, or an event of a stream. */
export interface ReplyError {
  /**
   * What the error is about, and with that who can answer instead:
   * - `fault`: the provider's availability. The same request may succeed on another attempt, or at another model.
   * - `account`: the account (key, permission, balance, quota). Every request there fails until a person acts.
   * - `model`: the model (unknown, retired, not open to this account). Every request to it fails.
   * - `unable`: this model cannot take this request (too long, filtered, or it lacks a capability); another one may.
   * - `request`: the request is wrong wherever it is sent.
   */
  readonly about: 'fault' | 'account' | 'model' | 'unable' | 'request';
  /** The provider's own code or type: `rate_limit_exceeded`, `overloaded_error`. */
  readonly code?: string | undefined;
  /** The HTTP status that an error under a status of success names: 429, 529. */
  readonly status?: number | undefined;
  /** For `unable`: what the model lacks. `context`: the request is too long for it. `content-filter`: its filter refused the content. */
  readonly lacks?: Capability | 'context' | 'content-filter' | undefined;
  /** Parameters that the model refused. Without them the same model may take the request. */
  readonly parameters?: readonly RefusedParameter[] | undefined;
  /** An event of a stream was not JSON. The provider reports no error, so what it has processed is billed. */
  readonly isUnreadable?: boolean;
}

/** The cost that a reply states. */
export interface StatedCost {
  readonly nanoUsd: NanoUsd;
  /** False where the provider bills more than it states here: a gateway's own fee, with the model on another bill. */
  readonly isWhole: boolean;
}

/** What a wire reads from a reply, plain or streamed. */
export interface ReplyFacts extends ServedTerms {
  /** The provider's id of the reply. */
  readonly id?: string | undefined;
  /** Keys by which a later request may continue this reply: its id, its conversation's id, or the end of a signature. */
  readonly keys?: readonly string[] | undefined;
  /** The provider's name of the model that answered. */
  readonly model?: string | undefined;
  /** Usage of the whole reply in disjoint meters, every call in it included; absent when the provider did not report it. */
  readonly usage?: Usage | undefined;
  /** How `usage` divides into calls that are billed one by one; absent when the reply is one call. */
  readonly calls?: readonly BilledCall[] | undefined;
  /**
   * Parts that were used according to the reply, but have no meter in `usage`, by path: `usage.video_tokens`,
   * `output.map_lookup_call`.
   */
  readonly unpriced?: readonly string[] | undefined;
  /** The cost that the reply states. Used only for models whose price says so. */
  readonly statedCost?: StatedCost | undefined;
  /**
   * For a reply without its whole usage: what the provider has reported so far (Anthropic's `message_start`, the counts that
   * vLLM sends with every chunk), or the part of it that it states, and the searches and containers that the reply shows.
   */
  readonly partialUsage?: PartialUsage | undefined;
  readonly finish: Finish;
  /** The visible text of the first choice; `''` for none, or when the reader was created without `wantsText`. */
  readonly text: string;
  readonly hasToolCalls: boolean;
  /** The reply has output that is neither text nor a tool call: an image, audio, a file, the item of a server's tool. */
  readonly hasOtherOutput?: boolean | undefined;
}

/** Reads a stream of server-sent events on its way to the caller. */
export interface StreamReader {
  /**
   * Reads the next bytes and returns those that the caller gets: the same object when nothing changes, and fewer bytes,
   * perhaps none, when an event was requested by the router only (the usage chunk it added). Never throws.
   */
  push(chunk: Uint8Array): Uint8Array;
  /** The bytes have ended: reads a last event that no blank line follows, and returns the bytes that were held back. */
  end(): Uint8Array;
  /**
   * The caller gets every chunk unchanged: `push` returns what it was given, and `end` nothing. Absent: chunks may change.
   */
  readonly passesAll?: boolean;
  /** The facts known so far; complete once `done` is true. */
  facts(): ReplyFacts;
  /**
   * How far the stream is. `waiting`: no event yet, only comments and pings. `begun`: its first event (metadata, such as
   * Anthropic's `message_start`). `output`: something of the reply itself has arrived.
   */
  readonly phase: 'waiting' | 'begun' | 'output';
  /** The error that an event of the stream reported. Nothing that follows it belongs to a reply. */
  readonly error: ReplyError | undefined;
  /** Characters the model has written so far, to estimate usage from: text, refusals, tool arguments and thinking of all choices. */
  readonly chars: number;
  /** True after the provider's own last event. When the bytes end before it, the stream is broken. */
  readonly done: boolean;
}

/**
 * One provider API. A wire is stateless and frozen; its readers hold the state of one stream.
 *
 * No method throws. A request body that is not JSON, or not of a known shape, is passed through; such a reply has no usage.
 */
export interface Wire {
  /** Name of the wire, different for every wire: `openai-chat`. */
  readonly name: string;
  /** Models with this `provider` answer its requests: `other` for an API that is neither OpenAI's nor Anthropic's. */
  readonly provider: Provider | 'other';
  /** The API's path after the base URL: `/chat/completions`. */
  readonly path: string;
  /** True when a POST to this URL calls the API: the URL's path, without its query, ends with {@link path}. */
  matches(url: string): boolean;
  /** The facts of a body whose `model` starts with `prefix`; `undefined` for any other body, which is passed through. */
  read(body: string, prefix: string): RequestFacts | undefined;
  /**
   * The body for another model: the model's name replaced, the changes applied, and for a stream the option added that
   * makes the provider report usage. `hidesUsageChunk`: that option was added, so {@link reader} must hide the usage
   * chunk from a caller who did not ask for it.
   *
   * @param facts what {@link read} returned for this body
   * @param model the provider's name of the model
   */
  prepare(
    body: string,
    facts: RequestFacts,
    model: string,
    changes?: RequestChanges,
  ): { readonly body: string; readonly hidesUsageChunk: boolean };
  /** Facts of a parsed JSON reply; `undefined` for JSON that is not a reply of this API. */
  reply(json: unknown): ReplyFacts | undefined;
  /**
   * Characters of a parsed JSON reply, as {@link StreamReader.chars} counts them: read only where its output is not stated.
   * Default: those of {@link ReplyFacts.text}.
   */
  replyChars?(json: unknown): number;
  /** A reader for one stream. `wantsText`: keep the reply's text; otherwise only its characters are counted. */
  reader(options: { readonly hidesUsageChunk: boolean; readonly wantsText: boolean }): StreamReader;
  /**
   * The error that a reply reports. With a status from 400 there always is one, also for a body that is not JSON
   * (`json` is then `undefined`). With a 2xx, only a body that itself says that the request failed is an error.
   */
  readError(json: unknown, httpStatus: number): ReplyError | undefined;
}
