/** Writes the blocks of a request in the format of Anthropic's API. */
import { base64Text } from '../../bytes.ts';
import type { Bytes, ContentPart, DocumentPart, ReasoningPart } from '../neutral/conversation.ts';
import { callIdAt } from '../neutral/call-ids.ts';
import type { JsonDraft, JsonObject, JsonValue } from '../neutral/json-text.ts';
import { RawJson } from '../neutral/json-text.ts';
import { isObject } from '../neutral/json-values.ts';
import { putBack } from '../neutral/own.ts';
import { owns } from '../neutral/ownership.ts';
import type { TargetModel } from '../neutral/translator.ts';
import type { CacheBreakpoint } from '../neutral/settings.ts';
import { mediaTypeOf } from './media-type.ts';
import { withInput } from './tool-inputs.ts';

const API = 'anthropic-messages';

export interface BlockContext {
  /** The request was in this API's format: everything is written back as it was. */
  readonly isOwn: boolean;
  /** The model for which the request is written. */
  readonly target: TargetModel;
  /** The breakpoint in this API's form, or nothing where the vendor would refuse one more. */
  cacheControl(cache: CacheBreakpoint): JsonObject | undefined;
}

/** The blocks of a turn, without those that this API cannot express or that are empty. */
export function writeBlocks(parts: readonly ContentPart[], context: BlockContext): readonly JsonValue[] {
  return parts.flatMap(part => {
    const blocks = blocksOf(part, context);
    const last = blocks.at(-1);
    if (last === undefined || !isObject(last)) return blocks;
    const marked: JsonDraft = { ...last };
    if (part.cache !== undefined) marked.cache_control = context.cacheControl(part.cache);
    if (context.isOwn) putBack(marked, part.own);
    return [...blocks.slice(0, -1), marked];
  });
}

/** A plain text where that is enough; a list of blocks otherwise. */
export function writeContent(parts: readonly ContentPart[], context: BlockContext): string | readonly JsonValue[] {
  const [first, ...others] = parts;
  const isText = first?.kind === 'text' && first.cache === undefined && (!context.isOwn || first.own === undefined);
  return isText && others.length === 0 && !isBlank(first.text, context) ? first.text : writeBlocks(parts, context);
}

/** The vendor refuses text of white space alone. In its own requests, that is the client's mistake. */
function isBlank(text: string, { isOwn }: BlockContext): boolean {
  return text === '' || (!isOwn && text.trim() === '');
}

function blocksOf(part: ContentPart, context: BlockContext): readonly JsonValue[] {
  switch (part.kind) {
    case 'text':
    case 'refusal':
      return isBlank(part.text, context) ? [] : [{ type: 'text', text: part.text }];
    case 'image':
      return [{ type: 'image', source: sourceOf(part.from, context) }];
    case 'document':
      return [documentOf(part, context)];
    case 'tool-call': {
      const { id, name, input } = part;
      return [{ type: 'tool_use', id: context.isOwn ? id : callIdAt(API, id), name, input: inputOf(input) }];
    }
    case 'tool-result': {
      const { callId, content, isError } = part;
      const written = writeContent(content, context);
      return [
        {
          type: 'tool_result',
          tool_use_id: context.isOwn ? callId : callIdAt(API, callId),
          ...(written.length === 0 ? {} : { content: written }),
          ...(isError && { is_error: true }),
        },
      ];
    }
    case 'reasoning':
      return reasoningOf(part, context);
    case 'opaque':
      return part.api === API ? [withInput(part.value)] : [];
    case 'audio':
      return [];
  }
}

/** Sealed bytes go to their owner only: another model would refuse them. */
function reasoningOf({ owner, sealed }: ReasoningPart, { isOwn, target }: BlockContext): readonly JsonValue[] {
  return owner.api === API && (isOwn || owns(target, API, owner)) ? sealed : [];
}

/** The arguments unchanged. The vendor accepts only objects. */
export function inputOf(input: string): RawJson {
  if (input.trim() === '') return new RawJson('{}');
  return new RawJson(isObjectText(input) ? input : JSON.stringify({ invalid_json: input }));
}

function isObjectText(text: string): boolean {
  try {
    return isObject(JSON.parse(text) as JsonValue);
  } catch {
    return false;
  }
}

function documentOf({ from, name, context: about, cite }: DocumentPart, context: BlockContext): JsonObject {
  return {
    type: 'document',
    source: documentSource(from, context),
    ...(about !== undefined && { context: about }),
    ...(name !== undefined && { title: name }),
    ...(cite === true && { citations: { enabled: true } }),
  };
}

function documentSource(from: DocumentPart['from'], context: BlockContext): JsonObject {
  if (from.kind === 'text') return { type: 'text', media_type: 'text/plain', data: from.text };
  if (from.kind === 'parts') return { type: 'content', content: writeContent(from.parts, context) };
  if (from.kind === 'base64' && !context.isOwn && from.mediaType === 'text/plain')
    return { type: 'text', media_type: 'text/plain', data: base64Text(from.data) };
  return sourceOf(from, context);
}

function sourceOf(from: Bytes, { isOwn }: BlockContext): JsonObject {
  switch (from.kind) {
    case 'base64':
      if (isOwn) return { type: 'base64', media_type: from.mediaType, data: from.data };
      // Some encoders insert line breaks, which the vendor refuses.
      return { type: 'base64', media_type: mediaTypeOf(from), data: from.data.replaceAll(/\s/g, '') };
    case 'url':
      return { type: 'url', url: from.url };
    case 'file':
      return { type: 'file', file_id: from.id };
  }
}
