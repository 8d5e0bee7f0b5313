/** Takes reasoning of other vendors out of a request that goes to OpenAI itself, which would refuse our envelope. */
import { isEnvelope, mayHoldEnvelope } from '../neutral/envelope.ts';
import type { JsonValue } from '../neutral/json-text.ts';
import { jsonText, parseJsonText } from '../neutral/json-text.ts';
import { isList, isObject, memberOf, textOf } from '../neutral/json-values.ts';
import type { WithoutEnvelopes } from '../neutral/translator.ts';

/** The body without items of reasoning in an envelope. A body without such items is returned unchanged. */
export function withoutEnvelopes(text: string): WithoutEnvelopes {
  if (!mayHoldEnvelope(text)) return { text, taken: [] };
  const body = parseJsonText(text);
  if (!isObject(body) || !isList(body.input)) return { text, taken: [] };
  const taken = body.input.flatMap((item, index) => (isForeign(item) ? [`input[${index}]`] : []));
  if (taken.length === 0) return { text, taken };
  return { text: jsonText({ ...body, input: body.input.filter(item => !isForeign(item)) }), taken };
}

function isForeign(item: JsonValue): boolean {
  return memberOf(item, 'type') === 'reasoning' && isEnvelope(textOf(memberOf(item, 'encrypted_content')) ?? '');
}
