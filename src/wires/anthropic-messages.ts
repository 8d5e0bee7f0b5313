/** The wire of Anthropic's Messages API. */
import { anthropicChars, anthropicReply } from './anthropic-reply.ts';
import { anthropicReader } from './anthropic-stream.ts';
import { field, hasList, parseJson, stringField } from './json-fields.ts';
import { transformed } from './body-transform.ts';
import type { Dialect, RequestBody } from './request-body.ts';
import { bodyOf, hasItems, idOf, member, mentionsType, readRequest, withModel } from './request-body.ts';
import { anthropicSettings } from './anthropic-params.ts';
import { readReplyError } from './reply-error.ts';
import { keysOf, lastSealKey } from './reply-keys.ts';
import { endsWithPath } from './url-path.ts';
import type { Capability, RequestFacts, Wire } from '../contracts/wire.ts';

const PATH = '/v1/messages';

const DIALECT: Dialect = { conversation: 'messages', bindingOf, capabilities, settings: anthropicSettings };

export const anthropicMessages: Wire = Object.freeze({
  name: 'anthropic-messages',
  provider: 'anthropic',
  path: PATH,
  matches: url => endsWithPath(url, PATH),
  read: (body, prefix) => readRequest(body, prefix, DIALECT),
  prepare: (text, facts, model, transform) => ({
    body: withModel(transformed(bodyOf(text, facts, DIALECT), transform), model),
    hidesUsageChunk: false,
  }),
  reply: json => (hasList(json, 'content') ? anthropicReply(json) : undefined),
  replyChars: anthropicChars,
  reader: anthropicReader,
  readError: readReplyError,
} satisfies Wire);

function bindingOf(body: RequestBody): RequestFacts['bound'] {
  const container = member(body, 'container');
  // A container without an id only lists skills, which any model can load.
  const containerId = container === undefined ? undefined : idOf(container);
  if (containerId !== undefined) return { reason: 'container', keys: [containerId] };
  const previous = stringField(parseJson(member(body, 'thread') ?? ''), 'previous_message_id');
  if (previous !== undefined) return { reason: 'thread', keys: [previous] };
  if (hasItems(body, 'fallbacks') || member(body, 'fallback_credit_token') !== undefined) {
    return { reason: 'vendor fallbacks' };
  }
  // Only the model that wrote signed or redacted thinking can continue from it. A client may leave out the thinking of earlier turns; it
  // is not left out here, because the vendor suggests to send all of it back, and the prompt cache has it:
  // https://platform.claude.com/docs/en/build-with-claude/extended-thinking#preserving-thinking-blocks
  const thinks = mentionsType(body, 'thinking') || mentionsType(body, 'redacted_thinking');
  if (!thinks) return undefined;
  return { reason: 'signed thinking', keys: keysOf(lastSealKey(body, 'signature'), lastSealKey(body, 'data')) };
}

function capabilities(body: RequestBody): ReadonlySet<Capability> {
  const needed = new Set<Capability>();
  if (hasItems(body, 'tools')) needed.add('tools');
  if (wantsSchema(body)) needed.add('schema');
  if (mentionsType(body, 'image')) needed.add('images');
  if (mentionsType(body, 'document')) needed.add('files');
  if (hasItems(body, 'stop_sequences')) needed.add('stop');
  const thinking = field(parseJson(member(body, 'thinking') ?? ''), 'type');
  if (thinking !== undefined && thinking !== 'disabled') needed.add('reasoning');
  return needed;
}

function wantsSchema(body: RequestBody): boolean {
  if (member(body, 'output_format') !== undefined) return true;
  const format = field(parseJson(member(body, 'output_config') ?? ''), 'format');
  return format !== undefined && format !== null;
}
