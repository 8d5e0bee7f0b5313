/** Writes the content of a message or of a tool's result. */
import type { ContentPart, ConversationTurn, DocumentPart, ImagePart } from '../neutral/conversation.ts';
import type { JsonDraft, JsonValue } from '../neutral/json-text.ts';
import { urlOfBytes } from '../openai/bytes.ts';
import type { PartWriting } from '../openai/written.ts';
import { completed, documentTexts, fileName } from '../openai/written.ts';

type TurnRole = ConversationTurn['role'];

/** A plain text of the user where that is enough; else parts. */
export function contentOf(parts: readonly ContentPart[], role: TurnRole, writing: PartWriting): JsonValue {
  const written = parts.flatMap(part => writePart(part, role, writing));
  const [first] = written;
  const isBare = role !== 'assistant' && written.length === 1 && first !== undefined && Object.keys(first).length === 2;
  return isBare && typeof first.text === 'string' ? first.text : written;
}

/** One part, or several: a document's context is a text before it. */
export function writePart(part: ContentPart, role: TurnRole, writing: PartWriting): readonly JsonDraft[] {
  if (part.kind === 'opaque') return writing.isOwn ? [part.value as JsonDraft] : [];
  return completed(members(part, role, writing), part, writing);
}

function members(part: ContentPart, role: TurnRole, writing: PartWriting): readonly JsonDraft[] {
  switch (part.kind) {
    case 'text':
      return [{ type: role === 'assistant' ? 'output_text' : 'input_text', text: part.text }];
    case 'refusal':
      return [{ type: 'refusal', refusal: part.text }];
    case 'image':
      return [writeImage(part)];
    case 'document':
      return writeDocument(part, role, writing);
    case 'audio':
    case 'opaque':
    case 'tool-call':
    case 'tool-result':
    case 'reasoning':
      return [];
  }
}

function writeImage({ from, detail = 'auto' }: ImagePart): JsonDraft {
  const bytes = from.kind === 'file' ? { file_id: from.id } : { image_url: urlOfBytes(from) };
  return { type: 'input_image', ...bytes, detail };
}

function writeDocument(part: DocumentPart, role: TurnRole, writing: PartWriting): readonly JsonDraft[] {
  const { from, name, context } = part;
  const texts = (lead: Pick<DocumentPart, 'context' | 'name'>): readonly JsonDraft[] =>
    documentTexts(lead).map(text => ({ type: 'input_text', text }));
  if (from.kind === 'text') return [...texts(part), { type: 'input_text', text: from.text }];
  if (from.kind === 'parts') return [...texts(part), ...from.parts.flatMap(inner => writePart(inner, role, writing))];
  const bytes =
    from.kind === 'file'
      ? { file_id: from.id }
      : from.kind === 'url'
        ? { file_url: from.url }
        : { file_data: urlOfBytes(from) };
  // The vendor refuses the name beside a URL, and requires it beside data.
  const isNamed = writing.isOwn || from.kind === 'base64';
  const lead = isNamed ? { context } : { context, name };
  return [
    ...texts(lead),
    { type: 'input_file', ...bytes, filename: !isNamed ? undefined : writing.isOwn ? name : fileName(part) },
  ];
}
