/** Takes reasoning of other vendors out of a request that goes to Anthropic itself, which would refuse our envelope. */
import { lacksThinking } from '../../wires/anthropic-params.ts';
import { isEnvelope, mayHoldEnvelope } from '../neutral/envelope.ts';
import type { JsonValue } from '../neutral/json-text.ts';
import { jsonText } from '../neutral/json-text.ts';
import { isList, isObject, memberOf, textOf } from '../neutral/json-values.ts';
import type { WithoutEnvelopes } from '../neutral/translator.ts';
import { parseWithInputs, withInput } from './tool-inputs.ts';

/**
 * The body without thinking in envelopes, and without messages that consist only of it. The thinking budget is removed too where
 * the vendor would refuse it because the thinking before a tool call is now missing. A body without envelopes is returned
 * unchanged.
 */
export function withoutEnvelopes(text: string): WithoutEnvelopes {
  if (!mayHoldEnvelope(text)) return { text, taken: [] };
  const body = parseWithInputs(text, ['messages', 'content']);
  if (!isObject(body) || !isList(body.messages)) return { text, taken: [] };
  const taken = body.messages.flatMap((message, index) => (hasForeign(message) ? [`messages[${index}]`] : []));
  if (taken.length === 0) return { text, taken };
  const messages = body.messages.flatMap(stripped);
  if (memberOf(body.thinking, 'type') !== 'enabled' || !lacksThinking(messages))
    return { text: jsonText({ ...body, messages }), taken };
  const { thinking: _, ...others } = body;
  return { text: jsonText({ ...others, messages }), taken: [...taken, 'thinking'] };
}

function hasForeign(message: JsonValue): boolean {
  const content = memberOf(message, 'content');
  return isList(content) && content.some(isForeign);
}

function stripped(message: JsonValue): readonly JsonValue[] {
  if (!isObject(message) || !isList(message.content)) return [message];
  const content = message.content.filter(block => !isForeign(block)).map(withInput);
  return content.length === 0 && message.content.length > 0 ? [] : [{ ...message, content }];
}

function isForeign(block: JsonValue): boolean {
  return memberOf(block, 'type') === 'thinking' && isEnvelope(textOf(memberOf(block, 'signature')) ?? '');
}
