/** The text of a request's body, in any form that `fetch` accepts, if the body may name a model. */
import { refuseSlot, refuseSlotField } from './slot-leaks.ts';

/** A request whose body was read. */
export interface ReadRequest {
  readonly body: string;
  /** The options for sending the request with another body. */
  readonly init: RequestInit;
  /** The options for passing the request on as it is, with its body unread. */
  readonly own: RequestInit | undefined;
}

/**
 * `undefined` where the body cannot name a model: none, or an upload of another type.
 *
 * @param isRouted the URL is that of an API that is routed: the body is read whatever its type says
 * @throws RouterError `invalid-value` for a form or a batch file in which a slot stands for a model
 */
export async function readRequest(
  input: string | URL | Request,
  own: RequestInit | undefined,
  isRouted: boolean,
): Promise<ReadRequest | undefined> {
  const request = input instanceof Request ? input : undefined;
  const body = own?.body ?? undefined;
  const given: RequestInit = request === undefined ? { ...own } : { ...initOf(request), ...own };
  if (typeof body === 'string') return { body, init: given, own };
  if (body instanceof FormData || body instanceof URLSearchParams)
    return checkForm(body, typeof input === 'string' || input instanceof URL ? String(input) : input.url);
  const headers = new Headers(given.headers);
  const type = headers.get('content-type') ?? (body instanceof Blob ? body.type : '');
  if (!isRouted && !/\bjson\b/i.test(type)) return undefined;
  // Without a type, `fetch` would send the text as `text/plain`.
  headers.set('content-type', type === '' ? 'application/json' : type);
  const init = { ...given, headers };
  const encoding = headers.get('content-encoding');
  const read = async (unread: NonNullable<RequestInit['body']>): Promise<string> => {
    if (encoding === null) return new Response(unread).text();
    const bytes = await new Response(unread).blob();
    const text = await decompressed(bytes, encoding).catch(() => undefined);
    if (text !== undefined) headers.delete('content-encoding');
    return text ?? bytes.text();
  };
  if (body === undefined) return { body: await read(request?.clone().body ?? ''), init, own };
  if (!(Symbol.asyncIterator in body)) return { body: await read(body), init, own };
  // A stream, or another body that can be read only once.
  const [first, second] = ReadableStream.from(body as AsyncIterable<Uint8Array>).tee();
  return { body: await read(first), init, own: { ...own, body: second } };
}

/** Names of encodings that differ from those of the platform. */
const FORMATS: Readonly<Record<string, string>> = { 'x-gzip': 'gzip', br: 'brotli' };

/** Rejects where the platform does not know the encoding, or the body is not in it. */
async function decompressed(bytes: Blob, encoding: string): Promise<string> {
  const format = (FORMATS[encoding] ?? encoding) as ConstructorParameters<typeof DecompressionStream>[0];
  return new Response(bytes.stream().pipeThrough(new DecompressionStream(format))).text();
}

/** The options of a request, without its body, to send the same request again. */
function initOf({ method, headers, signal, redirect, credentials, keepalive }: Request): RequestInit {
  return { method, headers, signal, redirect, credentials, keepalive };
}

/** A part of an upload: the first one of a batch file begins with a request. */
const UPLOAD_PART = /\/uploads\/[^/]+\/parts$/;

/** A form names a model in a field of its own; a batch file has one request a line. */
async function checkForm(form: FormData | URLSearchParams, url: string): Promise<undefined> {
  const isBatch = form.get('purpose') === 'batch';
  for (const [name, value] of form as Iterable<[string, string | File]>) {
    if (typeof value === 'string') refuseSlotField(name, value);
    else if (
      isBatch ||
      /\bjson$/.test(value.type) ||
      (UPLOAD_PART.test(url) && (await value.slice(0, 1).text()) === '{')
    )
      refuseSlot(await value.text());
  }
}
