/** What each of the three APIs provides: reading into neutral form, and writing from it. */
import type { ModelAbilities } from '../../contracts/model-abilities.ts';
import type { Api, Conversation } from './conversation.ts';
import type { JsonObject } from './json-text.ts';
import type { NeutralReply, ReplyEvent } from './reply.ts';
import type { Setting, SettingMarks } from './settings.ts';

/** The model that a request is written for. */
export interface TargetModel extends ModelAbilities {
  /** The provider's name of the model. */
  readonly model: string;
  /** Identifies the address at which a model is called: the same model elsewhere cannot read what was sealed here. */
  readonly endpoint?: string | undefined;
}

/** Something in a request that a candidate cannot serve, or that is dropped for it. */
export interface Finding {
  /** Where it is in the client's request, in the client's terms: `stop_sequences`, `messages[3]`. */
  readonly path: string;
  /**
   * `unable`: not eligible. `bound`: only the model that made it can continue. `preference`: dropped, and named in the receipt.
   */
  readonly mark: 'unable' | 'bound' | 'preference';
  /** The reason, for people. */
  readonly reason: string;
}

/** A finding about the conversation, before its path is in the client's terms. */
export interface TargetFinding extends Omit<Finding, 'path'> {
  readonly at: Setting | RequestPart | { readonly path: string };
}

/** The parts of a request other than its settings. */
export type RequestPart =
  | 'system'
  | 'turns'
  | 'tools'
  | 'toolChoice'
  | 'parallelTools'
  | 'output'
  | 'effort'
  | 'thinking';

/** What the writer of a reply needs of the request. */
export interface Asked {
  /** The caller's own request, parsed. */
  readonly request: JsonObject;
  /** Id for the reply: the client vendor's prefix, `or_` and a digest of the original. */
  readonly id: string;
  /** Unix time in seconds. */
  readonly nowS: number;
}

/** Reads the events of one stream. */
export interface EventReader {
  /** The events that these bytes complete. Bytes may end anywhere, also within a character. */
  push(chunk: Uint8Array): readonly ReplyEvent[];
  /** The bytes have ended: missing parts become an error, followed by the end. */
  end(): readonly ReplyEvent[];
}

/** Writes one stream. */
export interface EventWriter {
  /** The bytes for these events, perhaps none. */
  push(events: readonly ReplyEvent[]): Uint8Array;
}

/** A request without other vendors' reasoning, and where that was: `messages[1]`. */
export interface WithoutEnvelopes {
  readonly text: string;
  readonly taken: readonly string[];
}

/**
 * Bodies are JSON texts, in and out, so that a tool's arguments keep every character: parsing and writing them again would change
 * some (`parseJsonText`, `RawJson` and `jsonText` help).
 */
export interface Translator {
  readonly api: Api;
  /** The API's own name of each setting and part of a request: `stop_sequences`. */
  readonly names: Readonly<Record<Setting | RequestPart, string>>;
  /** What the API does with each setting. */
  readonly settings: SettingMarks;
  /**
   * The parts of a request that this target cannot serve or has no field for, except settings and `own`, which are checked the same way for
   * every API.
   */
  findings(conversation: Conversation, target: TargetModel): readonly TargetFinding[];
  /** @throws RouterError for a body that is not this API's, with the path */
  readRequest(text: string): Conversation;
  /** The body in this API's format. If the conversation has findings, they may only be preferences. */
  writeRequest(conversation: Conversation, target: TargetModel): string;
  /**
   * A request of this API without the reasoning of other vendors, which its own vendor would refuse: for calls that are not
   * translated.
   */
  withoutEnvelopes?(text: string): WithoutEnvelopes;
  /** @throws RouterError for a body that is not a reply of this API */
  readReply(text: string): NeutralReply;
  writeReply(reply: NeutralReply, asked: Asked): string;
  eventReader(): EventReader;
  eventWriter(asked: Asked): EventWriter;
}
