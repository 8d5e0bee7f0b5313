/** The body of a request as text, in whatever form `fetch` was given it, as far as it may name a model. */
import { refuseSlot, refuseSlotField } from './route-call.ts';

/** A request whose body was read. */
export interface ReadRequest {
  readonly body: string;
  /** For sending the request with another body. */
  readonly init: RequestInit;
  /** For passing it on as it is: its body is unread. */
  readonly own: RequestInit | undefined;
}

const DECODER = new TextDecoder();

/**
 * `undefined` where the body cannot name a model: none, or an upload of another type.
 *
 * @param isRouted true when the URL is that of an API that is routed: the body is read whatever its type says
 * @throws RouterError `invalid-value` for a form or a batch file in which a slot stands for a model
 */
export function readRequest(
  input: string | URL | Request,
  own: RequestInit | undefined,
  isRouted: () => boolean,
): ReadRequest | Promise<ReadRequest | undefined> | undefined {
  const request = input instanceof Request ? input : undefined;
  const body = own?.body ?? undefined;
  let init = request === undefined ? own : { ...initOf(request), ...own };
  if (typeof body === 'string') return { body, init: init as RequestInit, own };
  if ((body ?? request?.body ?? undefined) === undefined || init === undefined) return undefined;
  if (body instanceof FormData) return checkForm(body);
  const headers = new Headers(init.headers);
  const type = headers.get('content-type') ?? (body instanceof Blob ? body.type : '');
  if (!isRouted() && !/\bjson\b/i.test(type)) return undefined;
  // As text, the body would get the type of a text.
  headers.set('content-type', type === '' ? 'application/json' : type);
  init = { ...init, headers };
  if (body instanceof ArrayBuffer || ArrayBuffer.isView(body)) return { body: DECODER.decode(body), init, own };
  return readLater(request, body, { init, own });
}

/** What another request needs to be like this one, apart from its body. */
function initOf({ method, headers, signal, redirect, credentials, keepalive }: Request): RequestInit {
  return { method, headers, signal, redirect, credentials, keepalive };
}

async function readLater(
  request: Request | undefined,
  body: RequestInit['body'],
  { init, own }: Omit<ReadRequest, 'body'>,
): Promise<ReadRequest> {
  if (body === undefined) return { body: await (request as Request).clone().text(), init, own };
  if (typeof body !== 'object' || body === null || !(Symbol.asyncIterator in body))
    return { body: await new Response(body).text(), init, own };
  // A stream, or anything else that can be read only once.
  const [read, unread] = ReadableStream.from(body as AsyncIterable<Uint8Array>).tee();
  return { body: await new Response(read).text(), init, own: { ...own, body: unread } };
}

/** A form names a model in a field of its own; a batch file has one request a line. */
async function checkForm(form: FormData): Promise<undefined> {
  refuseSlotField(form.get('model'));
  if (form.get('purpose') !== 'batch') return;
  for (const file of form.values()) if (typeof file !== 'string') refuseSlot(await file.text());
}
