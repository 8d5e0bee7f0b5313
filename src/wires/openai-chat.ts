/** The wire of OpenAI's Chat Completions API, and of every vendor compatible with it. */
import { field, listField, parseJson } from './json-fields.ts';
import { chatChars, chatReply } from './openai-chat-reply.ts';
import { openaiChatReader } from './openai-chat-stream.ts';
import { transformed } from './body-transform.ts';
import type { Dialect, RequestBody } from './request-body.ts';
import { bodyOf, hasItems, member, mentionsType, readRequest, withMember, withModel } from './request-body.ts';
import { chatSettings } from './openai-params.ts';
import { readReplyError } from './reply-error.ts';
import { endsWithPath } from './url-path.ts';
import type { Capability, RequestFacts, Wire } from '../contracts/wire.ts';

const PATH = '/chat/completions';

const DIALECT: Dialect = { conversation: 'messages', bindingOf, capabilities, settings: chatSettings };

export const openaiChat: Wire = Object.freeze({
  name: 'openai-chat',
  provider: 'openai',
  path: PATH,
  matches: url => endsWithPath(url, PATH),
  read: (body, prefix) => readRequest(body, prefix, DIALECT),
  prepare(text, facts, model, transform) {
    let body = transformed(bodyOf(text, facts, DIALECT), transform);
    let hidesUsageChunk = false;
    if (facts.stream && transform?.drop?.includes('stream_options') !== true) {
      const options = optionsWithUsage(member(body, 'stream_options'));
      hidesUsageChunk = options !== undefined;
      if (options !== undefined) body = withMember(body, 'stream_options', options);
    }
    return { body: withModel(body, model), hidesUsageChunk };
  },
  // Some gateways answer with an empty list if a filter dropped the reply, or if the model left it empty.
  reply: json => (listField(json, 'choices').length > 0 ? chatReply(json) : undefined),
  replyChars: chatChars,
  reader: openaiChatReader,
  readError: readReplyError,
} satisfies Wire);

/** The stream options that make the provider report usage; `undefined` when the caller's own options already do. */
function optionsWithUsage(options = ''): string | undefined {
  const parsed = parseJson(options);
  if (field(parsed, 'include_usage') === true) return undefined;
  return JSON.stringify({ ...(parsed as object), include_usage: true });
}

/** Some gateways accept a list of `models` and fail over between them themselves. */
function bindingOf(body: RequestBody): RequestFacts['bound'] {
  return hasItems(body, 'models') ? { reason: 'vendor fallbacks' } : undefined;
}

function capabilities(body: RequestBody): ReadonlySet<Capability> {
  const needed = new Set<Capability>();
  if (hasItems(body, 'tools') || hasItems(body, 'functions')) needed.add('tools');
  if (field(parseJson(member(body, 'response_format') ?? ''), 'type') === 'json_schema') needed.add('schema');
  if (mentionsType(body, 'image_url')) needed.add('images');
  if (mentionsType(body, 'file')) needed.add('files');
  if (wantsAudio(body)) needed.add('audio');
  if (hasItems(body, 'stop')) needed.add('stop');
  if (Number(member(body, 'n') ?? 1) > 1) needed.add('several-choices');
  if ((member(body, 'reasoning_effort') ?? '"none"') !== '"none"') needed.add('reasoning');
  return needed;
}

function wantsAudio(body: RequestBody): boolean {
  return (
    member(body, 'audio') !== undefined ||
    member(body, 'modalities')?.includes('"audio"') === true ||
    mentionsType(body, 'input_audio')
  );
}
