/** Data that the provider returns to the application beside a reply, and receives back with the next prompt. */
import type { Receipt } from '../engine/state/receipts.ts';
import type { JsonFields } from './specification.ts';

/** The provider's name in `providerMetadata` and `providerOptions`. */
export const METADATA = 'outcomeRouter';

type Metadata = Record<typeof METADATA, JsonFields>;

/**
 * @param receipt of the request; `undefined` for a reply without an id
 * @param refusal why the model refused to answer
 */
export function replyMetadata(receipt: Receipt | undefined, refusal: string | undefined): Metadata {
  const refused = refusal === undefined ? {} : { refusal };
  if (receipt === undefined) return { [METADATA]: refused };
  // The AI SDK stores and sends metadata as JSON.
  const told = JSON.parse(JSON.stringify(receipt)) as JsonFields;
  return { [METADATA]: { intentId: receipt.intentId, receipt: told, ...refused } };
}

/** Marks a text that is a refusal. */
export const REFUSAL_TEXT: { readonly providerMetadata: Metadata } = {
  providerMetadata: { [METADATA]: { refusal: true } },
};

/** Encrypted reasoning, byte for byte: the only model that can read it gets it back. */
export function reasoningMetadata(item: Readonly<Record<string, unknown>>): { readonly providerMetadata?: Metadata } {
  return typeof item['encrypted_content'] === 'string'
    ? { providerMetadata: { [METADATA]: { item: item as JsonFields } } }
    : {};
}
