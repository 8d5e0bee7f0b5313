/** The wire of OpenAI's Responses API. */
import { field, hasList, parseJson, stringField } from './json-fields.ts';
import { responsesChars, responsesReply } from './openai-responses-reply.ts';
import { openaiResponsesReader } from './openai-responses-stream.ts';
import { transformed } from './body-transform.ts';
import type { Dialect, RequestBody } from './request-body.ts';
import { bodyOf, hasItems, idOf, member, mentionsName, mentionsType, readRequest, withModel } from './request-body.ts';
import { responsesSettings } from './openai-params.ts';
import { readReplyError } from './reply-error.ts';
import { keysOf, lastSealKey, lastString } from './reply-keys.ts';
import { endsWithPath } from './url-path.ts';
import type { Capability, RequestFacts, Wire } from '../contracts/wire.ts';

const PATH = '/responses';

const DIALECT: Dialect = { conversation: 'input', bindingOf, capabilities, settings: responsesSettings };

export const openaiResponses: Wire = Object.freeze({
  name: 'openai-responses',
  provider: 'openai',
  path: PATH,
  matches: url => endsWithPath(url, PATH),
  read: (body, prefix) => readRequest(body, prefix, DIALECT),
  prepare: (text, facts, model, transform) => ({
    body: withModel(transformed(bodyOf(text, facts, DIALECT), transform), model),
    hidesUsageChunk: false,
  }),
  reply: json => (hasList(json, 'output') ? responsesReply(json) : undefined),
  replyChars: json => responsesChars(json),
  reader: openaiResponsesReader,
  readError: readReplyError,
} satisfies Wire);

/** The container of an earlier reply in which a tool runs. Quotes inside a text are escaped, so no description matches. */
const CONTAINER = /"container(?:_id)?"\s*:\s*"([^"]+)"/;

function bindingOf(body: RequestBody): RequestFacts['bound'] {
  const previous = member(body, 'previous_response_id');
  if (previous !== undefined) {
    return { reason: 'previous_response_id', keys: keysOf(idOf(previous)) };
  }
  const conversation = member(body, 'conversation');
  if (conversation !== undefined) return { reason: 'conversation', keys: keysOf(idOf(conversation)) };
  const container = CONTAINER.exec(member(body, 'tools') ?? '');
  if (container !== null) return { reason: 'container', keys: keysOf(container[1]) };
  if (member(body, 'background') === 'true') return { reason: 'background' };
  if (mentionsName(body, 'encrypted_content'))
    return { reason: 'encrypted_content', keys: keysOf(lastSealKey(body, 'encrypted_content')) };
  // The provider stores the items to which a request refers by id alone.
  if (!mentionsType(body, 'item_reference') && !mentionsType(body, 'reasoning')) return undefined;
  const keys = keysOf(lastString(body, 'id'));
  return keys === undefined ? undefined : { reason: 'stored items', keys };
}

function capabilities(body: RequestBody): ReadonlySet<Capability> {
  const needed = new Set<Capability>();
  if (hasItems(body, 'tools')) needed.add('tools');
  const format = field(parseJson(member(body, 'text') ?? ''), 'format');
  if (field(format, 'type') === 'json_schema') needed.add('schema');
  if (mentionsType(body, 'input_image')) needed.add('images');
  if (mentionsType(body, 'input_file')) needed.add('files');
  if (mentionsType(body, 'input_audio')) needed.add('audio');
  const effort = stringField(parseJson(member(body, 'reasoning') ?? ''), 'effort');
  if (effort !== undefined && effort !== 'none') needed.add('reasoning');
  return needed;
}
