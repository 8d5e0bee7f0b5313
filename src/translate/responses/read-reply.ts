/** Reads a response. */
import { invalidValue } from '../../errors.ts';
import { responsesReply } from '../../wires/openai-responses-reply.ts';
import type { ContentPart, Own } from '../neutral/conversation.ts';
import type { JsonValue } from '../neutral/json-text.ts';
import { isList, isObject, memberOf, numberOf, textOf } from '../neutral/json-values.ts';
import { note } from '../neutral/own.ts';
import type { NeutralReply } from '../neutral/reply.ts';
import { annotationsOwn } from '../openai/citations.ts';
import { readFinish, unreadFinish } from './finish.ts';
import { readOutputItem } from './read-items.ts';
import { unreadOfResponse } from './reply-members.ts';

/** @throws RouterError `invalid-value` for a body without output */
export function readReply(body: JsonValue): NeutralReply {
  const output = memberOf(body, 'output');
  if (!isObject(body) || !isList(output)) throw invalidValue(output, 'output', 'a response with its output');
  const model = textOf(body.model) ?? '';
  const parts = output.flatMap(item => readReplyItem(item, model));
  const hasToolCalls = parts.some(({ kind }) => kind === 'tool-call');
  const hasRefusal = parts.some(({ kind }) => kind === 'refusal');
  return {
    api: 'openai-responses',
    id: textOf(body.id) ?? '',
    model,
    parts,
    finish: readFinish(body, { hasToolCalls, hasRefusal }),
    usage: responsesReply(body).usage,
    tier: textOf(body.service_tier),
    createdAtS: numberOf(body.created_at),
    leftOut: [...unreadOfResponse(body), ...unreadFinish(body)],
  };
}

/**
 * The work of the vendor's tools has no neutral form. It need not have one: a request with such a tool is sent to no other API.
 */
function readReplyItem(item: JsonValue, model: string): readonly ContentPart[] {
  if (!isObject(item)) return [];
  return (readOutputItem(item) ?? [unknownItem(item)]).map(part => {
    if (part.kind === 'reasoning') return { ...part, owner: { ...part.owner, model } };
    if (part.kind !== 'text') return part;
    return { ...part, own: textOwn(part.own ?? []) };
  });
}

/** The own fields that a text keeps, also for the vendor's other API. */
function textOwn(own: readonly Own[]): readonly Own[] {
  return own.flatMap(each => {
    const { path, value } = each;
    if (path === 'annotations') return annotationsOwn(value);
    return path === 'logprobs' && isList(value) && value.length > 0 ? [note('logprobs', value)] : [each];
  });
}

function unknownItem(value: JsonValue): ContentPart {
  return {
    kind: 'opaque',
    api: 'openai-responses',
    value,
    mark: 'unable',
    reason: 'an item of this kind is not known',
  };
}
