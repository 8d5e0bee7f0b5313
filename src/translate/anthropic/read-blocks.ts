/** Reads the blocks of a request of Anthropic's API. */
import type { ContentPart, DocumentPart, ImagePart, Own, ReasoningPart } from '../neutral/conversation.ts';
import { openEnvelope } from '../neutral/envelope.ts';
import type { JsonObject, JsonValue } from '../neutral/json-text.ts';
import { isList, isObject, memberOf, textOf } from '../neutral/json-values.ts';
import type { FieldsOf } from '../neutral/own.ts';
import { ownMembers, ownOf } from '../neutral/own.ts';
import { readCacheControl } from './cache-control.ts';
import { ANTHROPIC_FIELDS, OPAQUE_BLOCKS } from './fields.ts';

const API = 'anthropic-messages';

type BlockReader = (block: JsonObject) => ContentPart | undefined;

const READERS: Readonly<Record<string, BlockReader>> = {
  text: block => {
    const text = textOf(block.text);
    return text === undefined ? undefined : { kind: 'text', text, ...extras(block, ANTHROPIC_FIELDS.text) };
  },
  image: block => {
    const from = readSource(block.source);
    if (from === undefined || from.kind === 'text' || from.kind === 'parts') return undefined;
    return withSourceFields<ImagePart>({ kind: 'image', from, ...extras(block, ANTHROPIC_FIELDS.image) }, block.source);
  },
  document: readDocument,
  tool_use: block => {
    const { id, name, input = '{}' } = block;
    // The input keeps its original text: see `parseWithInputs`.
    if (typeof id !== 'string' || typeof name !== 'string' || typeof input !== 'string') return undefined;
    return { kind: 'tool-call', id, name, form: 'json', input, ...extras(block, ANTHROPIC_FIELDS.tool_use) };
  },
  tool_result: block => {
    const callId = textOf(block.tool_use_id);
    const content = readContent(block.content ?? []);
    if (callId === undefined || content === undefined) return undefined;
    const isError = block.is_error === true;
    return { kind: 'tool-result', callId, content, isError, ...extras(block, ANTHROPIC_FIELDS.tool_result) };
  },
  thinking: block => readThinking(block),
  redacted_thinking: block => readThinking(block),
};

/**
 * The parts of a content, which may be one text; `undefined` for what is neither that nor a list. A text without characters is
 * none: every vendor refuses it.
 */
export function readContent(content: JsonValue | undefined): readonly ContentPart[] | undefined {
  const parts: readonly ContentPart[] | undefined =
    typeof content === 'string'
      ? [{ kind: 'text', text: content }]
      : isList(content)
        ? content.map(readBlock)
        : undefined;
  return parts?.filter(part => part.kind !== 'text' || part.text !== '');
}

export function readBlock(block: JsonValue): ContentPart {
  const type = textOf(memberOf(block, 'type')) ?? '';
  const read = Object.hasOwn(READERS, type) && isObject(block) ? READERS[type]?.(block) : undefined;
  if (read !== undefined) return read;
  const { mark, reason } = ownOf(type, block, OPAQUE_BLOCKS);
  return { kind: 'opaque', api: API, value: block, mark: mark === 'bound' ? 'bound' : 'unable', reason };
}

/** @param model the model that wrote the reply */
export function readReplyBlock(block: JsonValue, model: string): ContentPart {
  const type = memberOf(block, 'type');
  const isThinking = type === 'thinking' || type === 'redacted_thinking';
  return (isThinking && isObject(block) ? readThinking(block, model) : undefined) ?? readBlock(block);
}

/** Thinking of this vendor as it is, and that of another one which was shown to the caller in an envelope. */
function readThinking(block: JsonObject, model?: string): ReasoningPart | undefined {
  const isRedacted = block.type === 'redacted_thinking';
  const seal = textOf(isRedacted ? block.data : block.signature);
  const text = isRedacted ? '' : textOf(block.thinking);
  if (seal === undefined || text === undefined) return undefined;
  const opened = openEnvelope(seal);
  if (opened !== undefined) return { kind: 'reasoning', text, ...opened };
  return { kind: 'reasoning', text, owner: { api: API, ...(model !== undefined && { model }) }, sealed: [block] };
}

function readDocument(block: JsonObject): ContentPart | undefined {
  const from = readSource(block.source);
  if (from === undefined) return undefined;
  const { own = [], ...cache } = extras(block, ANTHROPIC_FIELDS.document);
  const cites = isObject(block.citations) ? ownMembers(block.citations, ANTHROPIC_FIELDS.citations, 'citations.') : [];
  const name = textOf(block.title);
  const context = textOf(block.context);
  const document: DocumentPart = {
    kind: 'document',
    from,
    ...(name !== undefined && { name }),
    ...(context !== undefined && { context }),
    ...(memberOf(block.citations, 'enabled') === true && { cite: true }),
    ...cache,
    ...(own.length + cites.length > 0 && { own: [...own, ...cites] }),
  };
  return withSourceFields(document, block.source);
}

function readSource(source: JsonValue | undefined): DocumentPart['from'] | undefined {
  if (!isObject(source)) return undefined;
  const { type, data, media_type: mediaType, url, file_id: id, content } = source;
  if (type === 'base64' && typeof data === 'string' && typeof mediaType === 'string')
    return { kind: 'base64', mediaType, data };
  if (type === 'url' && typeof url === 'string') return { kind: 'url', url };
  if (type === 'file' && typeof id === 'string') return { kind: 'file', id, api: API };
  if (type === 'text' && typeof data === 'string') return { kind: 'text', text: data };
  const parts = type === 'content' ? readContent(content) : undefined;
  return parts && { kind: 'parts', parts };
}

function withSourceFields<Part extends ImagePart | DocumentPart>(part: Part, source: JsonValue | undefined): Part {
  const own = isObject(source) ? ownMembers(source, ANTHROPIC_FIELDS.source, 'source.') : [];
  return own.length === 0 ? part : { ...part, own: [...(part.own ?? []), ...own] };
}

/** The breakpoint of a block or a tool, and the fields that only this API knows. */
export function extras(block: JsonObject, fields: FieldsOf): Pick<ContentPart, 'cache' | 'own'> {
  const { cache, own } = readCacheControl(block.cache_control);
  const all: readonly Own[] = [...ownMembers(block, fields), ...own];
  return { ...(cache !== undefined && { cache }), ...(all.length > 0 && { own: all }) };
}
