/** Another vendor's reasoning for a client: sealed in an envelope, so that it returns to its owner unchanged. */
import { base64Text, base64url } from '../../bytes.ts';
import type { Owner, ReasoningPart } from './conversation.ts';
import type { JsonValue } from './json-text.ts';
import { jsonText, parseJsonText } from './json-text.ts';
import { isList, memberOf, textOf } from './json-values.ts';

const VERSION = 'or1.';

/** A text that contains the reasoning byte for byte, in place of the client vendor's own signature. */
export function envelopeOf({ owner, sealed }: ReasoningPart): string {
  const { api, model, endpoint } = owner;
  return VERSION + base64url(jsonText({ owner: { api, model, endpoint }, sealed }));
}

/** The content of an envelope; `undefined` for any other text, which is the vendor's own seal. */
export function openEnvelope(
  seal: string,
): { readonly owner: Owner; readonly sealed: readonly JsonValue[] } | undefined {
  if (!isEnvelope(seal)) return undefined;
  const { owner, sealed } = readEnvelope(seal.slice(VERSION.length));
  const api = textOf(memberOf(owner, 'api'));
  const model = textOf(memberOf(owner, 'model'));
  const endpoint = textOf(memberOf(owner, 'endpoint'));
  // An envelope that was cut off or changed has lost its reasoning, but is never sent to a vendor either.
  if (!isApi(api) || !isList(sealed)) return { owner: { api: 'openai-chat' }, sealed: [] };
  return {
    owner: { api, ...(model !== undefined && { model }), ...(endpoint !== undefined && { endpoint }) },
    sealed,
  };
}

/** Whether a seal is our envelope, which a vendor would answer with an error. */
export function isEnvelope(seal: string): boolean {
  return seal.startsWith(VERSION);
}

function readEnvelope(text: string): {
  readonly owner?: JsonValue | undefined;
  readonly sealed?: JsonValue | undefined;
} {
  try {
    const value = parseJsonText(base64Text(text));
    return { owner: memberOf(value, 'owner'), sealed: memberOf(value, 'sealed') };
  } catch {
    return {};
  }
}

function isApi(api: string | undefined): api is Owner['api'] {
  return api === 'openai-chat' || api === 'openai-responses' || api === 'anthropic-messages';
}

/** Whether a body may contain an envelope, without parsing it. */
export function mayHoldEnvelope(text: string): boolean {
  return text.includes(`"${VERSION}`);
}
