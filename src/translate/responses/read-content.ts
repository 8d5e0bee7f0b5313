/** Reads the content of a message or of a tool's result: a text, or parts. */
import type { Bytes, ContentPart } from '../neutral/conversation.ts';
import type { JsonObject } from '../neutral/json-text.ts';
import { textOf } from '../neutral/json-values.ts';
import { bytesOfFile, bytesOfUrl, fileOf, imageOf } from '../openai/bytes.ts';
import { contentReader } from '../openai/read-part.ts';
import { RESPONSES_FIELDS } from './fields.ts';

const API = 'openai-responses';

/** The parts; `undefined` for a value that is neither a text nor a list. */
export const readContent = contentReader({ api: API, fields: RESPONSES_FIELDS, known: knownPart });

function knownPart(value: JsonObject): ContentPart | undefined {
  switch (textOf(value.type) ?? '') {
    case 'input_text':
    case 'output_text':
      return typeof value.text === 'string' ? { kind: 'text', text: value.text } : undefined;
    case 'refusal':
      return typeof value.refusal === 'string' ? { kind: 'refusal', text: value.refusal } : undefined;
    case 'input_image': {
      const url = textOf(value.image_url);
      if (url !== undefined && textOf(value.file_id) !== undefined) return undefined;
      const from = url === undefined ? fileOf(value.file_id, API) : bytesOfUrl(url);
      return imageOf(from, value.detail);
    }
    case 'input_file': {
      const from = bytesOf(value);
      return from && { kind: 'document', from, name: textOf(value.filename) };
    }
    default:
      return undefined;
  }
}

/** With several sources, another API could not know which one counts. */
function bytesOf({ file_data: data, file_url: url, file_id: id, filename }: JsonObject): Bytes | undefined {
  if ([data, url, id].filter(each => textOf(each) !== undefined).length > 1) return undefined;
  if (typeof data === 'string') return bytesOfFile(data, textOf(filename));
  return typeof url === 'string' ? { kind: 'url', url } : fileOf(id, API);
}
