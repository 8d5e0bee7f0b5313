/** Writes a reply in the format of Anthropic's Messages API. */
import { callIdAt } from '../neutral/call-ids.ts';
import type { ContentPart, ReasoningPart } from '../neutral/conversation.ts';
import { envelopeOf } from '../neutral/envelope.ts';
import type { JsonDraft, JsonObject, JsonValue } from '../neutral/json-text.ts';
import { jsonText } from '../neutral/json-text.ts';
import { isObject } from '../neutral/json-values.ts';
import { putBack } from '../neutral/own.ts';
import type { NeutralReply } from '../neutral/reply.ts';
import type { Asked } from '../neutral/translator.ts';
import { writtenFinish } from './finish.ts';
import { withInput } from './tool-inputs.ts';
import { writtenUsage } from './usage.ts';
import { inputOf } from './write-blocks.ts';

const API = 'anthropic-messages';

export function writeReply(reply: NeutralReply, { id }: Pick<Asked, 'id'>): string {
  const { parts, model, finish } = reply;
  const refusal = parts.find(part => part.kind === 'refusal');
  const explanation = reply.explanation ?? (finish === 'refusal' ? refusal?.text : undefined);
  const body: JsonDraft = {
    id,
    type: 'message',
    role: 'assistant',
    model,
    content: parts.flatMap(part => replyBlocks(part, reply.api === API)),
    ...writtenFinish({ ...reply, ...(explanation !== undefined && { explanation }) }),
    usage: writtenUsage(reply.usage),
    container: null,
    diagnostics: null,
  };
  if (reply.api === API) putBack(body, reply.own);
  return jsonText(body);
}

/** @param isOwn the reply was this API's own */
function replyBlocks(part: ContentPart, isOwn: boolean): readonly JsonValue[] {
  const blocks = blocksOf(part, isOwn);
  if (!isOwn || part.own === undefined) return blocks;
  return blocks.map(block => {
    const members: JsonDraft = isObject(block) ? { ...block } : {};
    putBack(members, part.own);
    return members;
  });
}

function blocksOf(part: ContentPart, isOwn: boolean): readonly JsonValue[] {
  switch (part.kind) {
    case 'text':
    case 'refusal':
      return part.text === '' ? [] : [{ type: 'text', text: part.text, citations: null }];
    case 'tool-call': {
      const id = isOwn ? part.id : callIdAt('anthropic-messages', part.id);
      return [{ type: 'tool_use', id, name: part.name, input: inputOf(part.input), caller: { type: 'direct' } }];
    }
    case 'reasoning':
      return part.owner.api === API ? part.sealed : [shownReasoning(part)];
    case 'opaque':
      return part.api === API ? [withInput(part.value)] : [];
    // No model writes parts of these kinds.
    case 'image':
    case 'document':
    case 'audio':
    case 'tool-result':
      return [];
  }
}

/** Reasoning of another vendor: the caller sees its summary, and sends the envelope back later. */
function shownReasoning(part: ReasoningPart): JsonObject {
  return { type: 'thinking', thinking: part.text, signature: envelopeOf(part) };
}
