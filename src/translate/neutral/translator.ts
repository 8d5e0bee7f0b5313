/** What each of the three APIs brings: reading its words into neutral ones, and writing them. */
import type { ModelAbilities } from '../../contracts/model-abilities.ts';
import type { Api, Conversation, JsonObject } from './conversation.ts';
import type { NeutralReply, ReplyEvent } from './reply.ts';

/** The model that a request is written for. */
export interface TargetModel extends ModelAbilities {
  /** The provider's name of the model. */
  readonly model: string;
}

/** A request in the target's words. */
export interface WrittenRequest {
  /** The JSON text: tool arguments are spliced in as the text that they are. */
  readonly body: string;
  /** Paths of preferences that the target has no words for: `seed`, `tools[2].cache`. */
  readonly dropped: readonly string[];
}

/** What the writer of a reply must know of the request that it answers. */
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
  /** The bytes have ended: what is missing becomes an error, and the end. */
  end(): readonly ReplyEvent[];
}

/** Writes one stream. */
export interface EventWriter {
  /** The bytes for these events, perhaps none. */
  push(events: readonly ReplyEvent[]): Uint8Array;
}

export interface Translator {
  readonly api: Api;
  /** @throws RouterError for a body that is not this API's, with the path */
  readRequest(body: JsonObject): Conversation;
  writeRequest(conversation: Conversation, target: TargetModel): WrittenRequest;
  readReply(body: JsonObject): NeutralReply;
  writeReply(reply: NeutralReply, asked: Asked): JsonObject;
  eventReader(): EventReader;
  eventWriter(asked: Asked): EventWriter;
}
