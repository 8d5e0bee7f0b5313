/** Images and files as OpenAI's APIs carry them: data URLs, web addresses, ids of files. */
import type { Api, Bytes, ImagePart } from '../neutral/conversation.ts';
import type { JsonValue } from '../neutral/json-text.ts';
import { textOf } from '../neutral/json-values.ts';

const BASE64 = ';base64,';

/** The bytes that a data URL holds, or the address. */
export function bytesOfUrl(url: string): Bytes {
  const comma = url.startsWith('data:') ? url.indexOf(BASE64) : -1;
  if (comma < 0) return { kind: 'url', url };
  const type = url.slice('data:'.length, comma).split(';')[0]?.trim().toLowerCase() ?? '';
  // The registered name, which other vendors require.
  const mediaType = type === 'image/jpg' ? 'image/jpeg' : type;
  return { kind: 'base64', mediaType, data: url.slice(comma + BASE64.length) };
}

/** The address of bytes; `undefined` for a file that only its vendor has. */
export function urlOfBytes(bytes: Bytes): string | undefined {
  if (bytes.kind === 'url') return bytes.url;
  return bytes.kind === 'base64' ? `data:${bytes.mediaType}${BASE64}${bytes.data}` : undefined;
}

/** The file with an id; `undefined` for a value that is not an id. */
export function fileOf(id: JsonValue | undefined, api: Api): Bytes | undefined {
  const text = textOf(id);
  return text === undefined ? undefined : { kind: 'file', id: text, api };
}

/** Data of a file: a data URL, or Base64 alone, whose type follows from the file's name. */
export function bytesOfFile(data: string, name: string | undefined): Bytes {
  if (data.startsWith('data:')) return bytesOfUrl(data);
  const extension = name?.split('.').at(-1)?.toLowerCase() ?? 'pdf';
  return { kind: 'base64', mediaType: MEDIA_TYPES[extension] ?? 'application/octet-stream', data };
}

const MEDIA_TYPES: Readonly<Record<string, string>> = {
  pdf: 'application/pdf',
  txt: 'text/plain',
  md: 'text/markdown',
  csv: 'text/csv',
  html: 'text/html',
  json: 'application/json',
};

const DETAILS = ['low', 'high', 'original'] as const;

/** An image from its address or file; `undefined` if there is none, or if its `detail` is unknown. `auto` is the default. */
export function imageOf(from: Bytes | undefined, detail: JsonValue | undefined): ImagePart | undefined {
  const known = DETAILS.find(each => each === detail);
  const isDefault = detail === undefined || detail === null || detail === 'auto';
  return from === undefined || (known === undefined && !isDefault) ? undefined : { kind: 'image', from, detail: known };
}
