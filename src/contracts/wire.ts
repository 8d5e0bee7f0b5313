/** The contract of a wire: how one provider API says model, usage, text and end in requests, replies and streams. */
import type { ServiceTier, Usage } from '../core/ledger/usage.ts';

export type Provider = 'openai' | 'anthropic';

/** What a request asks of a model; a candidate that lacks it is not eligible. */
export type Capability = 'tools' | 'schema' | 'images' | 'audio' | 'stop' | 'several-choices' | 'reasoning';

/** What the router must know of a serialised request body, found without parsing a large body twice. */
export interface RequestFacts {
  /** The value of the top-level `model`. */
  readonly model: string;
  readonly stream: boolean;
  /** Why the request is tied to the model that started it (`previous_response_id`, `signed thinking` …), and the id it refers to. */
  readonly bound?: { readonly reason: string; readonly responseId?: string } | undefined;
  /** Found when first asked for: it may take a search through the body. */
  readonly capabilities: ReadonlySet<Capability>;
  /** Length of the body in characters: a proxy of the prompt's size. */
  readonly chars: number;
  /** Messages of the user in the conversation that the body holds, at least 1. Found when first asked for: it takes a parse. */
  readonly turns: number;
}

/** How a request must change for one model, by top-level parameter. */
export interface RequestTransform {
  /** Rename a parameter: `{ max_tokens: 'max_completion_tokens' }`. */
  readonly rename?: Readonly<Record<string, string>>;
  /** Parameters that are only a preference and are dropped: `['temperature']`. */
  readonly drop?: readonly string[];
  /** Upper bound of a numeric parameter: `{ max_tokens: 8192 }`. */
  readonly clamp?: Readonly<Record<string, number>>;
}

/** How a reply ended. */
export type Finish = 'stop' | 'cut-off' | 'refusal' | 'tool-calls' | 'other';

/** What is read from a reply, plain or streamed: the same shape. */
export interface ReplyFacts {
  readonly id?: string | undefined;
  readonly model?: string | undefined;
  /** The whole of it, as the provider reported it; absent when it did not say. */
  readonly usage?: Usage | undefined;
  /** Streams that broke off: what the provider had said of the input by then (Anthropic's `message_start`). */
  readonly inputUsage?: Usage | undefined;
  readonly tier?: ServiceTier | undefined;
  readonly finish: Finish;
  /** The visible text of the (first) reply; `''` for none, or when it was not wanted. */
  readonly text: string;
  readonly hasToolCalls: boolean;
}

/** Reads a server-sent event stream as it passes. */
export interface StreamReader {
  /**
   * Takes the next bytes and returns what the caller may see: the same object when nothing changes, and less where an
   * event was asked for by the router only (the usage chunk it added). May be empty. Never throws.
   */
  push(chunk: Uint8Array): Uint8Array;
  /** What is known so far; complete once `done`. */
  facts(): ReplyFacts;
  /** Characters the model has written so far, for an estimate: text, refusals, tool arguments and thinking, all choices. */
  readonly chars: number;
  /** True once the provider's own end of stream was seen: an end of bytes before it is a broken stream. */
  readonly done: boolean;
}

export interface Wire {
  readonly name: 'openai-chat' | 'openai-responses' | 'anthropic-messages';
  readonly provider: Provider;
  /** The API's path, `/chat/completions`: what follows the base in a request's url. */
  readonly path: string;
  /** By the request's URL (path ends with the API's path) and method POST. */
  matches(url: string): boolean;
  /** The facts when the body's model slot starts with `prefix`; `undefined` when it names anything else (pass through). */
  read(body: string, prefix: string): RequestFacts | undefined;
  /**
   * The body for another model: the name swapped in place, the transform applied, and for streams whatever makes the
   * provider report usage. `hidesUsageChunk` tells {@link Wire.reader} to strip what was added.
   */
  prepare(
    body: string,
    facts: RequestFacts,
    model: string,
    transform?: RequestTransform,
  ): { readonly body: string; readonly hidesUsageChunk: boolean };
  /** Facts of a parsed JSON reply. Never throws: an unknown shape gives facts without usage. */
  reply(json: unknown): ReplyFacts;
  /** `wantsText`: keep the reply's text; without it only its characters are counted. */
  reader(options: { readonly hidesUsageChunk: boolean; readonly wantsText: boolean }): StreamReader;
  /**
   * The top-level parameter that a 400 says the model does not support (`unsupported_parameter`, `unsupported_value`),
   * else undefined: also when only a part of a parameter is at fault.
   */
  unsupportedParameter(errorJson: unknown): string | undefined;
}
