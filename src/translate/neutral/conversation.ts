/** A request independent of vendors: what all three APIs can express, and, word for word, what only its own API can. */
import type { Effort } from '../../core/ledger/effort.ts';
import type { JsonValue } from './json-text.ts';
import type { CacheBreakpoint, AskedSettings } from './settings.ts';

/** The three APIs that are translated. */
export type Api = 'openai-chat' | 'openai-responses' | 'anthropic-messages';

/** Where the bytes of an image or a document are. A `file` is known to one API only. */
export type Bytes =
  | { readonly kind: 'base64'; readonly mediaType: string; readonly data: string }
  | { readonly kind: 'url'; readonly url: string }
  | { readonly kind: 'file'; readonly id: string; readonly api: Api };

/** The meaning that a field known only to the source API has for a candidate of another API. */
export type OwnMark =
  /** The candidate cannot serve the request. */
  | 'unable'
  /** It is dropped, and the receipt says so. */
  | 'preference'
  /** Only the model from which the field comes can continue the conversation. */
  | 'bound'
  /** A default value: other APIs behave the same without the field. */
  | 'default';

/** A field that only the source API knows, word for word. It makes reading and writing the same API lossless. */
export interface Own {
  /** Where the field was: `logit_bias`, or relative to its turn, part or tool: `cache_control.scope`. */
  readonly path: string;
  readonly value: JsonValue;
  readonly mark: OwnMark;
  /** For people: why the field cannot be translated. */
  readonly reason: string;
  /** All APIs of this vendor have the field, in the same format. */
  readonly vendor?: 'openai' | undefined;
}

/** The owner of reasoning: the model that wrote it. Absent fields are not known. */
export interface Owner {
  readonly api: Api;
  readonly model?: string | undefined;
  /** Endpoint, as in `TargetModel`. */
  readonly endpoint?: string | undefined;
}

interface PartExtras {
  readonly cache?: CacheBreakpoint | undefined;
  readonly own?: readonly Own[] | undefined;
}

export type TextPart = PartExtras & { readonly kind: 'text'; readonly text: string };
export type ImagePart = PartExtras & {
  readonly kind: 'image';
  readonly from: Bytes;
  readonly detail?: 'auto' | 'low' | 'high' | 'original' | undefined;
};
export type DocumentPart = PartExtras & {
  readonly kind: 'document';
  readonly from:
    | Bytes
    | { readonly kind: 'text'; readonly text: string }
    | { readonly kind: 'parts'; readonly parts: readonly ContentPart[] };
  readonly name?: string | undefined;
  readonly context?: string | undefined;
  readonly cite?: boolean | undefined;
};
export type AudioPart = PartExtras & { readonly kind: 'audio'; readonly format: string; readonly data: string };
export type ToolCallPart = PartExtras & {
  readonly kind: 'tool-call';
  readonly id: string;
  readonly name: string;
  /** `free`: the input is free text, not JSON. */
  readonly form: 'json' | 'free';
  /** The original text of the arguments, never serialized again. */
  readonly input: string;
};
export type ToolResultPart = PartExtras & {
  readonly kind: 'tool-result';
  readonly callId: string;
  readonly content: readonly ContentPart[];
  readonly isError: boolean;
};
export type ReasoningPart = PartExtras & {
  readonly kind: 'reasoning';
  /** The visible text: the summary, or the thinking itself. */
  readonly text: string;
  readonly owner: Owner;
  /** The blocks or items as received, byte for byte. */
  readonly sealed: readonly JsonValue[];
};
export type RefusalPart = PartExtras & { readonly kind: 'refusal'; readonly text: string };
/** Something that cannot be translated: a hosted tool's call, an item stored at the vendor. */
export type OpaquePart = PartExtras & {
  readonly kind: 'opaque';
  readonly api: Api;
  readonly value: JsonValue;
  readonly mark: 'unable' | 'bound';
  readonly reason: string;
};

export type ContentPart =
  | TextPart
  | ImagePart
  | DocumentPart
  | AudioPart
  | ToolCallPart
  | ToolResultPart
  | ReasoningPart
  | RefusalPart
  | OpaquePart;

/** Instructions before the first turn. */
export type SystemPart = ContentPart & { readonly role: 'system' | 'developer' };

export interface ConversationTurn {
  /** Position in the client's request: `messages[3]`. */
  readonly path: string;
  readonly role: 'user' | 'assistant' | 'system' | 'developer';
  readonly name?: string | undefined;
  /** OpenAI's phase of an assistant message: `commentary`, `final_answer`. */
  readonly phase?: string | undefined;
  readonly parts: readonly ContentPart[];
  readonly own?: readonly Own[] | undefined;
}

/** A tool that the caller runs. */
export interface Tool {
  readonly name: string;
  readonly description?: string | undefined;
  /** `free`: its input is free text (or follows a grammar, which is in `own`). */
  readonly form: 'json' | 'free';
  /** The JSON schema of its input, as the caller wrote it; absent where there is none. */
  readonly input?: JsonValue | undefined;
  readonly strict?: boolean | null | undefined;
  readonly cache?: CacheBreakpoint | undefined;
  readonly own?: readonly Own[] | undefined;
}

/** A tool that the vendor runs, or was trained to use. */
export interface OpaqueTool {
  readonly form: 'opaque';
  readonly api: Api;
  readonly value: JsonValue;
  readonly reason: string;
}

export type ToolChoice =
  | { readonly kind: 'auto' | 'none' | 'required' }
  | { readonly kind: 'one'; readonly name: string }
  | { readonly kind: 'some'; readonly names: readonly string[]; readonly isRequired: boolean };

export type Output =
  | { readonly kind: 'json' }
  | {
      readonly kind: 'schema';
      readonly schema: JsonValue;
      readonly name?: string | undefined;
      readonly description?: string | undefined;
      readonly strict?: boolean | null | undefined;
    };

/** How much a model is asked to reason, and how much of it to show. */
export interface AskedReasoning {
  readonly effort?: Effort | undefined;
  /** Anthropic's modes. `manual`: with a budget. */
  readonly thinking?: 'off' | 'adaptive' | 'manual' | 'between-tools' | undefined;
  readonly budgetTokens?: number | undefined;
}

export interface Conversation {
  /** The API of the request that it was read from. */
  readonly api: Api;
  readonly system: readonly SystemPart[];
  readonly turns: readonly ConversationTurn[];
  readonly tools: readonly (Tool | OpaqueTool)[];
  readonly toolChoice?: ToolChoice | undefined;
  readonly parallelTools?: boolean | undefined;
  readonly isStream: boolean;
  readonly output?: Output | undefined;
  readonly reasoning?: AskedReasoning | undefined;
  /** Every other setting that more than one API has. */
  readonly settings: AskedSettings;
  /** Top-level fields that only the source API knows. */
  readonly own: readonly Own[];
}
