/** Recognizes calls that count tokens, and reads their facts. */
import type { RequestFacts, Wire } from '../contracts/wire.ts';
import { endsWithPath } from '../wires/url-path.ts';
import type { Fetch } from './http-request.ts';
import type { Slot } from './slot.ts';

/** The token-counting path of each API that has one. */
export const COUNTING_PATHS: Readonly<Record<string, string>> = {
  'openai-responses': '/responses/input_tokens',
  'anthropic-messages': '/v1/messages/count_tokens',
};

/** The API's wire with the path of its counting endpoint; `undefined` for any other URL. */
export function countingWire(wires: readonly Wire[], url: string): Wire | undefined {
  for (const wire of wires) {
    const path = COUNTING_PATHS[wire.name];
    if (path !== undefined && endsWithPath(url, path)) return { ...wire, path };
  }
  return undefined;
}

/** A counting call of a feature. */
export interface CountCall {
  /** The wire, with the path of the API's counting endpoint. */
  readonly wire: Wire;
  readonly url: string;
  readonly body: string;
  readonly facts: RequestFacts;
  readonly slot: Slot;
  readonly init: RequestInit;
  readonly inner: Fetch;
  /** Names the client's account. */
  readonly client: () => string;
}
