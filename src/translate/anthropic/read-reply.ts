/** Reads a reply of Anthropic's Messages API. */
import { invalidValue } from '../../errors.ts';
import type { ContentPart } from '../neutral/conversation.ts';
import { isList, isObject, memberOf, textOf } from '../neutral/json-values.ts';
import { ownMembers } from '../neutral/own.ts';
import type { NeutralReply } from '../neutral/reply.ts';
import { ANTHROPIC_FIELDS } from './fields.ts';
import { readFinish, unreadFinish } from './finish.ts';
import { readReplyBlock } from './read-blocks.ts';
import { parseWithInputs } from './tool-inputs.ts';
import { readUsage } from './usage.ts';

/** @throws RouterError `invalid-value` for a body that is not a message */
export function readReply(text: string): NeutralReply {
  const body = parseWithInputs(text, ['content']);
  if (!isObject(body) || !isList(body.content))
    throw invalidValue(memberOf(body, 'content'), 'content', 'a list of blocks');
  const model = textOf(body.model) ?? '';
  const parts: readonly ContentPart[] = body.content.map(block => readReplyBlock(block, model));
  const usage = readUsage(model, body.usage);
  const tier = textOf(memberOf(body.usage, 'service_tier'));
  const own = ownMembers(body, ANTHROPIC_FIELDS.reply);
  return {
    api: 'anthropic-messages',
    id: textOf(body.id) ?? '',
    model,
    parts,
    ...readFinish(
      body,
      parts.some(({ kind }) => kind === 'tool-call'),
    ),
    ...(usage !== undefined && { usage }),
    ...(tier !== undefined && { tier }),
    own,
    leftOut: [...own.flatMap(({ path, mark }) => (mark === 'default' ? [] : [path])), ...unreadFinish(body)],
  };
}
