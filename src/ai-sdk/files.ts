/** Files and images of the AI SDK's prompts, as content of the Responses API. */
import { invalidValue } from '../errors.ts';
import type { PartOf, ResultOutput } from './specification.ts';

type UserFile = Extract<PartOf<'user'>, { readonly type: 'file' }>;
type FilePart = Omit<UserFile, 'data'> & { readonly data: UserFile['data'] };
export type ResultPart = Extract<ResultOutput, { readonly type: 'content' }>['value'][number];

/** The fields of a file that both versions of the specification share; each has another form for the content. */
interface AnyFile {
  readonly mediaType: string;
  readonly filename?: string | undefined;
  /** The file's address, or its content as a `data:` URL. */
  readonly url?: string;
  /** The file's id at OpenAI. */
  readonly id?: string | undefined;
}

/** @throws RouterError `invalid-value` for a file that the Responses API has no field for */
export function fileContent({ data, mediaType, filename }: FilePart, path: string): object {
  return written({ ...located(data, mediaType), mediaType, filename }, path);
}

/** @throws RouterError `invalid-value` for a part that the Responses API has no field for */
export function resultContent(part: ResultPart, path: string): object {
  switch (part.type) {
    case 'text':
      return { type: 'input_text', text: part.text };
    case 'file':
    case 'file-data':
    case 'image-data':
      return fileContent({ ...part, type: 'file' }, path);
    case 'file-url':
      return written({ url: part.url, mediaType: 'application/octet-stream' }, path);
    case 'image-url':
      return written({ url: part.url, mediaType: 'image/*' }, path);
    case 'file-id':
      return written({ id: openaiId(part.fileId), mediaType: 'application/octet-stream' }, path);
    case 'image-file-id':
      return written({ id: openaiId(part.fileId), mediaType: 'image/*' }, path);
    case 'custom':
      throw invalidValue(part.type, `${path}.type`, 'text, a file or an image');
  }
}

function written({ mediaType, filename, url, id }: AnyFile, path: string): object {
  if (url === undefined && id === undefined) throw invalidValue('a file of another provider', path, "a file's content");
  if (/^(?:audio|video)\//.test(mediaType))
    throw invalidValue(mediaType, `${path}.mediaType`, 'an image or a document');
  if (mediaType.startsWith('image'))
    return { type: 'input_image', ...(id === undefined ? { image_url: url } : { file_id: id }) };
  if (id !== undefined) return { type: 'input_file', file_id: id };
  if (!url?.startsWith('data:')) return { type: 'input_file', file_url: url };
  return { type: 'input_file', filename: filename ?? 'file', file_data: url };
}

function located(data: FilePart['data'], mediaType: string): Pick<AnyFile, 'url' | 'id'> {
  if (data instanceof URL) return { url: data.href };
  if (typeof data === 'string') return { url: isUrl(data) ? data : `data:${concrete(mediaType)};base64,${data}` };
  if (data instanceof Uint8Array) return located(Buffer.from(data).toString('base64'), mediaType);
  switch (data.type) {
    case 'data':
      return located(data.data, mediaType);
    case 'url':
      return { url: data.url.href };
    case 'text':
      return located(Buffer.from(data.text), mediaType);
    case 'reference':
      return { id: openaiId(data.reference) };
  }
}

function isUrl(text: string): boolean {
  return /^(?:https?|data):/.test(text);
}

/**
 * Providers refuse `image/*` if the content of an image is given; the AI SDK writes it when it could not detect the type.
 */
function concrete(mediaType: string): string {
  return /^image(?:\/\*)?$/.test(mediaType) ? 'image/jpeg' : mediaType;
}

function openaiId(reference: string | Readonly<Record<string, string>>): string | undefined {
  return typeof reference === 'string' ? reference : reference['openai'];
}
