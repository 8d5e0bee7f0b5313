/** Reads a chat completion. */
import { invalidValue } from '../../errors.ts';
import { chatBillFacts, newChatBill, readChatBill } from '../../wires/openai-chat-bill.ts';
import type { ContentPart } from '../neutral/conversation.ts';
import type { JsonObject, JsonValue } from '../neutral/json-text.ts';
import { isList, isObject, memberOf, numberOf, textOf } from '../neutral/json-values.ts';
import { note } from '../neutral/own.ts';
import { annotationsOwn, flatAnnotations } from '../openai/citations.ts';
import type { NeutralReply } from '../neutral/reply.ts';
import { callIdOf } from '../neutral/call-ids.ts';
import { readFinish, unreadFinish } from './finish.ts';
import { readContent } from './read-content.ts';
import { readCall } from './read-messages.ts';
import { unreadOfCompletion, unreadOfMessage } from './reply-members.ts';

/** @throws RouterError `invalid-value` for a body without a message */
export function readReply(body: JsonValue): NeutralReply {
  const choices = memberOf(body, 'choices');
  const choice = isList(choices) ? choices[0] : undefined;
  const message = memberOf(choice, 'message');
  if (!isObject(body) || !isObject(choice) || !isObject(message))
    throw invalidValue(message, 'choices[0].message', 'a chat completion');
  const id = textOf(body.id) ?? '';
  const model = textOf(body.model) ?? '';
  const parts = readMessage(message, { model, id, logprobs: memberOf(choice.logprobs, 'content') });
  const hasToolCalls = parts.some(({ kind }) => kind === 'tool-call');
  const hasRefusal = parts.some(({ kind }) => kind === 'refusal');
  const bill = newChatBill();
  readChatBill(bill, body);
  return {
    api: 'openai-chat',
    id,
    model,
    parts,
    ...readFinish(choice, { hasToolCalls, hasRefusal }),
    usage: chatBillFacts(bill, model).usage,
    tier: textOf(body.service_tier),
    createdAtS: numberOf(body.created),
    leftOut: [...unreadOfCompletion(body, choice), ...unreadOfMessage(message), ...unreadFinish(choice)],
  };
}

interface Completion {
  readonly model: string;
  readonly id: string;
  readonly logprobs: JsonValue | undefined;
}

function readMessage(message: JsonObject, { model, id, logprobs }: Completion): readonly ContentPart[] {
  const {
    content,
    refusal,
    annotations,
    reasoning_content: thoughts,
    reasoning,
    reasoning_details: details,
    tool_calls: calls,
    function_call: call,
  } = message;
  const owner = { api: 'openai-chat', model } as const;
  const parts: ContentPart[] = [];
  const text = textOf(thoughts) ?? textOf(reasoning) ?? thinkingOf(content);
  // OpenRouter's reasoning details are signed: they are sent back whole, or not at all.
  const hasDetails = isList(details) && details.length > 0;
  if (text !== '' || hasDetails) {
    const seal = hasDetails ? { reasoning: text, reasoning_details: details } : { reasoning_content: text };
    parts.push({ kind: 'reasoning', text, owner, sealed: [seal] });
  }
  const cited = annotationsOwn(isList(annotations) ? flatAnnotations(annotations, 0) : undefined);
  const own = [...(isList(logprobs) ? [note('logprobs', logprobs)] : []), ...cited];
  for (const part of readContent(content)) {
    if (part.kind === 'opaque' && memberOf(part.value, 'type') !== 'thinking') parts.push(part);
    if (part.kind === 'text') parts.push(own.length === 0 ? part : { ...part, own });
  }
  if (typeof refusal === 'string' && refusal !== '') parts.push({ kind: 'refusal', text: refusal });
  const taken = new Set(['']);
  for (const [place, value] of (isList(calls) ? calls : []).entries()) {
    const part = readCall(value);
    if (part.kind !== 'tool-call') continue;
    // A result refers to its call by id, so an id that an earlier call has is replaced.
    parts.push({ ...part, id: taken.has(part.id) ? callIdOf(id, place) : part.id });
    taken.add(part.id);
  }
  if (isObject(call)) parts.push(readCall({ id: callIdOf(id, 0), function: call }));
  return parts;
}

/** Mistral's thinking, as parts of the content. */
function thinkingOf(content: JsonValue | undefined): string {
  if (!isList(content)) return '';
  const thoughts = content.flatMap(part => memberOf(part, 'thinking') ?? []);
  return thoughts.map(thought => textOf(memberOf(thought, 'text')) ?? '').join('');
}
