/** Takes reasoning of other vendors out of a request that goes to OpenAI itself, which would refuse our envelope. */
import { isEnvelope, mayHoldEnvelope } from '../neutral/envelope.ts';
import type { JsonValue } from '../neutral/json-text.ts';
import { jsonText, parseJsonText } from '../neutral/json-text.ts';
import { isList, isObject, memberOf, textOf } from '../neutral/json-values.ts';

/** The body without items of reasoning in an envelope. Bodies without one are returned as they are. */
export function withoutEnvelopes(text: string): string {
  if (!mayHoldEnvelope(text)) return text;
  const body = parseJsonText(text);
  if (!isObject(body) || !isList(body.input)) return text;
  return jsonText({ ...body, input: body.input.filter(item => !isForeign(item)) });
}

function isForeign(item: JsonValue): boolean {
  return memberOf(item, 'type') === 'reasoning' && isEnvelope(textOf(memberOf(item, 'encrypted_content')) ?? '');
}
