/** Reads the content of a chat message: a text, or parts. */
import type { ContentPart } from '../neutral/conversation.ts';
import type { JsonObject, JsonValue } from '../neutral/json-text.ts';
import { bytesOfFile, bytesOfUrl, fileOf, imageOf } from '../openai/bytes.ts';
import { contentReader } from '../openai/read-part.ts';
import { isObject, memberOf, textOf } from '../neutral/json-values.ts';
import { ownMembers } from '../neutral/own.ts';
import { CHAT_FIELDS } from './fields.ts';

const readParts = contentReader({ api: 'openai-chat', fields: CHAT_FIELDS, known: knownPart });

/** The parts: none where there is neither a text nor a list. */
export function readContent(content: JsonValue | undefined): readonly ContentPart[] {
  return readParts(content) ?? [];
}

function knownPart(value: JsonObject): ContentPart | undefined {
  switch (textOf(value.type) ?? '') {
    case 'text':
      return typeof value.text === 'string' ? { kind: 'text', text: value.text } : undefined;
    case 'refusal':
      return typeof value.refusal === 'string' ? { kind: 'refusal', text: value.refusal } : undefined;
    case 'image_url': {
      // Some clients write the URL alone.
      const image = isObject(value.image_url) ? value.image_url : { url: value.image_url };
      const url = textOf(image.url);
      if (url === undefined || ownMembers(image, CHAT_FIELDS.image).length > 0) return undefined;
      return imageOf(bytesOfUrl(url), image.detail);
    }
    case 'input_audio': {
      const data = textOf(memberOf(value.input_audio, 'data'));
      const format = textOf(memberOf(value.input_audio, 'format'));
      return data === undefined || format === undefined ? undefined : { kind: 'audio', format, data };
    }
    case 'file':
      return isObject(value.file) ? readFile(value.file) : undefined;
    default:
      return undefined;
  }
}

function readFile(file: JsonObject): ContentPart | undefined {
  const name = textOf(file.filename);
  const data = textOf(file.file_data);
  // With two sources, another API could not know which one counts.
  if (data !== undefined && textOf(file.file_id) !== undefined) return undefined;
  const from = data === undefined ? fileOf(file.file_id, 'openai-chat') : bytesOfFile(data, name);
  if (from === undefined || ownMembers(file, CHAT_FIELDS.file_source).length > 0) return undefined;
  return { kind: 'document', from, name };
}
