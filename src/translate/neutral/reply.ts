/** A reply, plain or streamed, independent of any vendor. */
import type { Usage } from '../../core/ledger/usage.ts';
import type { Api, ContentPart, Own } from './conversation.ts';
import type { JsonValue } from './json-text.ts';

/** How a reply ended, in more detail than a wire tells. */
export type ReplyFinish =
  | 'stop'
  | 'stop-sequence'
  | 'length'
  | 'context-full'
  | 'tool-calls'
  | 'refusal'
  | 'content-filter'
  | 'pause'
  | 'other';

export interface NeutralReply {
  /** The API from which it was read. */
  readonly api: Api;
  /** The vendor's own id. */
  readonly id: string;
  /** The model that served. */
  readonly model: string;
  readonly parts: readonly ContentPart[];
  readonly finish: ReplyFinish;
  readonly stopSequence?: string | undefined;
  /** Why it was refused, where the vendor says so. */
  readonly explanation?: string | undefined;
  /** The usage, in disjoint meters. */
  readonly usage?: Usage | undefined;
  readonly tier?: string | undefined;
  /** Fields that only its own API knows. */
  readonly own?: readonly Own[] | undefined;
  /** The vendor's names of content that has no neutral form, other than opaque parts. */
  readonly leftOut?: readonly string[] | undefined;
  /** Unix time in seconds, where the vendor says it. */
  readonly createdAtS?: number | undefined;
}

/** An event of a stream. At most one part is open at a time; `at` counts the parts from 0. */
export type ReplyEvent =
  | { readonly on: 'start'; readonly id: string; readonly model: string; readonly usage?: Usage | undefined }
  | { readonly on: 'open'; readonly at: number; readonly part: ContentPart }
  | {
      readonly on: 'piece';
      readonly at: number;
      readonly of: 'text' | 'input' | 'reasoning' | 'refusal';
      readonly piece: string;
    }
  /** The whole part. Only this event has the seal of reasoning. */
  | { readonly on: 'close'; readonly at: number; readonly part: ContentPart }
  | {
      readonly on: 'finish';
      readonly finish: ReplyFinish;
      readonly stopSequence?: string | undefined;
      readonly explanation?: string | undefined;
    }
  | { readonly on: 'usage'; readonly usage: Usage }
  | { readonly on: 'ping' }
  /** Something in the reply without a neutral form. `name`: the vendor's. */
  | { readonly on: 'left-out'; readonly name: string }
  /** Nothing follows. `error`: the event as the vendor of `api` wrote it. */
  | { readonly on: 'error'; readonly api: Api; readonly error: JsonValue }
  /** Nothing follows. */
  | { readonly on: 'end' };
