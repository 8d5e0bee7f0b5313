/** Takes reasoning of other vendors out of a request that goes to Anthropic itself, which would refuse our envelope. */
import { isEnvelope, mayHoldEnvelope } from '../neutral/envelope.ts';
import type { JsonValue } from '../neutral/json-text.ts';
import { jsonText } from '../neutral/json-text.ts';
import { isList, isObject, memberOf, textOf } from '../neutral/json-values.ts';
import { parseWithInputs, withInput } from './tool-inputs.ts';

/** The body without thinking in an envelope, and without a message that has nothing else. Bodies without one are returned as they are. */
export function withoutEnvelopes(text: string): string {
  if (!mayHoldEnvelope(text)) return text;
  const body = parseWithInputs(text, ['messages', 'content']);
  if (!isObject(body) || !isList(body.messages)) return text;
  return jsonText({ ...body, messages: body.messages.flatMap(stripped) });
}

function stripped(message: JsonValue): readonly JsonValue[] {
  if (!isObject(message) || !isList(message.content)) return [message];
  const content = message.content.filter(block => !isForeign(block)).map(withInput);
  return content.length === 0 && message.content.length > 0 ? [] : [{ ...message, content }];
}

function isForeign(block: JsonValue): boolean {
  return memberOf(block, 'type') === 'thinking' && isEnvelope(textOf(memberOf(block, 'signature')) ?? '');
}
