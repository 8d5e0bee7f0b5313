/** Reads a chat completion. */
import { field, fieldsOf, listField, listOf, stringField } from './json-fields.ts';
import type { ChatBill } from './openai-chat-bill.ts';
import { chatBillFacts, newChatBill, readChatBill } from './openai-chat-bill.ts';
import type { Finish, ReplyFacts } from '../contracts/wire.ts';

export function chatReply(json: unknown): ReplyFacts {
  const choice = listField(json, 'choices')[0];
  const { message, finish_reason } = fieldsOf(choice);
  const { refusal, content, tool_calls, function_call } = fieldsOf(message);
  const bill = newChatBill();
  readChatBill(bill, json);
  return chatFacts(json, bill, {
    finish: chatFinish(finish_reason, typeof refusal === 'string'),
    text: textOfContent(content),
    hasToolCalls: listOf(tool_calls).length > 0 || function_call instanceof Object,
    hasOtherOutput: hasMedia(message),
  });
}

/** Characters of all choices. */
export function chatChars(json: unknown): number {
  const messages = listField(json, 'choices').map(choice => field(choice, 'message'));
  const written = messages.map(message => textOfContent(field(message, 'content')) + hiddenText(message));
  return written.join('').length;
}

/** Content of a message, or a stream's delta, other than its text: a refusal, thinking, a tool's arguments. */
export function hiddenText(message: unknown): string {
  const thoughts = listField(message, 'content').map(part => textOfContent(field(part, 'thinking')));
  const calls = listField(message, 'tool_calls').map(
    call => stringField(field(call, 'function'), 'arguments') ?? stringField(field(call, 'custom'), 'input'),
  );
  return [
    stringField(message, 'refusal'),
    stringField(message, 'reasoning_content') ?? stringField(message, 'reasoning'),
    stringField(field(message, 'function_call'), 'arguments'),
    ...thoughts,
    ...calls,
  ].join('');
}

/** Some compatible vendors answer with content parts. */
export function textOfContent(content: unknown): string {
  if (typeof content === 'string') return content;
  if (!Array.isArray(content)) return '';
  return content.map(part => stringField(part, 'text') ?? '').join('');
}

/** True for a message, or a stream's delta, with audio, images, videos or another part that is not text. */
export function hasMedia(message: unknown): boolean {
  const { audio, images, videos, content } = fieldsOf(message);
  if (audio instanceof Object || listOf(images).length > 0 || listOf(videos).length > 0) return true;
  const isMedium = (part: unknown): boolean =>
    stringField(part, 'text') === undefined && field(part, 'type') !== 'thinking';
  return listOf(content).some(isMedium);
}

/** Facts that a reply and a stream share. */
export function chatFacts(
  json: unknown,
  bill: ChatBill,
  parsed: Pick<ReplyFacts, 'finish' | 'text' | 'hasToolCalls' | 'hasOtherOutput'>,
): ReplyFacts {
  const model = stringField(json, 'model');
  return {
    id: stringField(json, 'id'),
    model,
    ...chatBillFacts(bill, model),
    finish: parsed.finish,
    text: parsed.text,
    hasToolCalls: parsed.hasToolCalls,
    hasOtherOutput: parsed.hasOtherOutput,
  };
}

export function chatFinish(reason: unknown, refused: boolean): Finish {
  if (refused || reason === 'content_filter') return 'refusal';
  if (reason === 'stop') return 'stop';
  if (reason === 'length') return 'cut-off';
  return reason === 'tool_calls' || reason === 'function_call' ? 'tool-calls' : 'other';
}
