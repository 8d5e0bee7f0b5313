/** Writes the content of a chat message. */
import type { ContentPart, DocumentPart } from '../neutral/conversation.ts';
import type { JsonDraft, JsonValue } from '../neutral/json-text.ts';
import { urlOfBytes } from '../openai/bytes.ts';
import type { PartWriting } from '../openai/written.ts';
import { completed, documentTexts, fileName } from '../openai/written.ts';

/** A plain text where that is enough, because every server accepts it; else parts. */
export function contentOf(parts: readonly ContentPart[], writing: PartWriting): JsonValue {
  if (parts.length === 0) return '';
  const written = parts.flatMap(part => writePart(part, writing));
  const [first] = written;
  const isBare = written.length === 1 && first !== undefined && Object.keys(first).length === 2;
  return isBare && typeof first.text === 'string' ? first.text : written;
}

/** One part, or several: a document's context becomes a text before it. */
export function writePart(part: ContentPart, writing: PartWriting): readonly JsonDraft[] {
  if (part.kind === 'opaque') return writing.isOwn ? [part.value as JsonDraft] : [];
  return completed(members(part, writing), part, writing);
}

function members(part: ContentPart, writing: PartWriting): readonly JsonDraft[] {
  switch (part.kind) {
    case 'text':
      return [{ type: 'text', text: part.text }];
    case 'refusal':
      return [{ type: 'refusal', refusal: part.text }];
    case 'image': {
      const url = urlOfBytes(part.from);
      return url === undefined ? [] : [{ type: 'image_url', image_url: { url, detail: part.detail } }];
    }
    case 'audio':
      return [{ type: 'input_audio', input_audio: { data: part.data, format: part.format } }];
    case 'document':
      return writeDocument(part, writing);
    case 'opaque':
    case 'tool-call':
    case 'tool-result':
    case 'reasoning':
      return [];
  }
}

function writeDocument(part: DocumentPart, writing: PartWriting): readonly JsonDraft[] {
  const { from, name, context } = part;
  const texts = (lead: Pick<DocumentPart, 'context' | 'name'>): readonly JsonDraft[] =>
    documentTexts(lead).map(text => ({ type: 'text', text }));
  if (from.kind === 'text') return [...texts(part), { type: 'text', text: from.text }];
  if (from.kind === 'parts') return [...texts(part), ...from.parts.flatMap(inner => writePart(inner, writing))];
  const file = from.kind === 'file' ? { file_id: from.id } : { file_data: urlOfBytes(from) };
  const filename = writing.isOwn ? name : fileName(part);
  return [...texts({ context }), { type: 'file', file: { ...file, filename } }];
}
