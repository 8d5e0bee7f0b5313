/** Writes a chat completion. */
import type { ContentPart } from '../neutral/conversation.ts';
import type { JsonObject, JsonValue } from '../neutral/json-text.ts';
import { isList } from '../neutral/json-values.ts';
import { refusalAtEnd } from '../neutral/finish.ts';
import { noted } from '../neutral/own.ts';
import type { NeutralReply } from '../neutral/reply.ts';
import type { Asked } from '../neutral/translator.ts';
import { nestedPages, pagesOf } from '../openai/citations.ts';
import { tierOf } from '../openai/written.ts';
import { finishReason } from './finish.ts';
import { writtenUsage } from './usage.ts';
import { writeCall } from './write-messages.ts';

/** Texts are joined, followed by the calls: a completion has no other order, and no field for reasoning. */
export function writeReply(reply: NeutralReply, { request, id, nowS }: Asked): JsonObject {
  const { model, parts, finish, usage } = reply;
  const isFunction = isList(request.functions);
  const calls = parts.filter(part => part.kind === 'tool-call');
  const [first] = calls;
  const refusal = said(parts, 'refusal');
  const message = {
    role: 'assistant',
    content: said(parts, 'text'),
    refusal: refusal ?? refusalAtEnd(reply, refusal !== null)?.text ?? null,
    annotations: cited(parts),
    ...(isFunction && first !== undefined && { function_call: { name: first.name, arguments: first.input || '{}' } }),
    ...(!isFunction && first !== undefined && { tool_calls: calls.map(call => writeCall(call)) }),
  };
  const logprobs = parts.flatMap(part => (part.kind === 'text' ? (logprobsOf(part) ?? []) : []));
  return {
    id,
    object: 'chat.completion',
    created: nowS,
    model,
    choices: [
      {
        index: 0,
        message,
        logprobs: logprobs.length === 0 ? null : { content: logprobs, refusal: null },
        finish_reason: finishReason(finish, isFunction),
      },
    ],
    usage: usage && writtenUsage(usage),
    service_tier: tierOf(reply),
  };
}

function said(parts: readonly ContentPart[], kind: 'text' | 'refusal'): string | null {
  const texts = parts.flatMap(part => (part.kind === kind ? [part.text] : []));
  return texts.length === 0 ? null : texts.join('');
}

/** Sources of the joined text. */
function cited(parts: readonly ContentPart[]): readonly JsonValue[] {
  let start = 0;
  return parts.flatMap(part => {
    const pages = nestedPages(pagesOf(part), start);
    if (part.kind === 'text') start += part.text.length;
    return pages;
  });
}

function logprobsOf({ own }: ContentPart): readonly JsonValue[] | undefined {
  const logprobs = noted(own, 'logprobs');
  return isList(logprobs) ? logprobs : undefined;
}
