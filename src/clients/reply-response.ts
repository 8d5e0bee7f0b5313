/**
 * The provider's own Response after its body has been read or is being observed: same object, same status, headers and
 * URL. Only the methods that read the body are replaced; they share the text that was read already.
 */
import type { FailedExchange } from '../engine/attempts/exchange.ts';
import type { BodySource } from './body-source.ts';
import { unobservedStream } from './observed-stream.ts';

/** Where the body comes from: a text that was read, or a stream. */
interface Body {
  text?: string;
  readonly stream?: ReadableStream<Uint8Array>;
  used: boolean;
  /** The text as a stream, once `body` was asked for. */
  opened?: ReadableStream<Uint8Array>;
}

const BODY = Symbol('outcome-router body');
type Replaced = Response & { [BODY]: Body };

/** The response with `text` as its body, for `text()`, `json()`, `body` and every other way to read it. */
export function withText(response: Response, text: string): Response {
  return replaceBody(response, { text, used: false });
}

/** The response with `stream` as its body. */
export function withStream(response: Response, stream: ReadableStream<Uint8Array>): Response {
  return replaceBody(response, { stream, used: false });
}

/** A failed reply of which the router reads no more: the caller may read the rest, or it is discarded. */
export function restOf(
  response: Response,
  source: BodySource,
): Required<Pick<FailedExchange<Response>, 'reply' | 'discard' | 'onBodyEnd'>> {
  let over = (): void => {};
  return {
    reply: withStream(
      response,
      unobservedStream(source, () => over()),
    ),
    discard() {
      over();
      void source.cancel().catch(() => {});
    },
    onBodyEnd: listener => (over = listener),
  };
}

function replaceBody(response: Response, body: Body): Response {
  (response as Replaced)[BODY] = body;
  return Object.setPrototypeOf(response, replacedPrototype(Object.getPrototypeOf(response) as object)) as Response;
}

/**
 * One derived prototype per Response class (the global one, undici's, a polyfill's): each class has private fields that only its own
 * methods can read.
 */
const prototypes = new WeakMap<object, object>();

function replacedPrototype(original: object): object {
  let derived = prototypes.get(original);
  if (derived === undefined) prototypes.set(original, (derived = Object.create(original, METHODS) as object));
  return derived;
}

function take(response: Replaced): Body {
  const body = response[BODY];
  if (isUsed(body)) throw new TypeError('Body is unusable: it has already been read');
  const taken = { ...body };
  body.used = true;
  // Node keeps a Response until it collects the old generation of its heap, and an application perhaps for longer.
  if (body.text !== undefined) body.text = '';
  return taken;
}

function isUsed({ used, opened, stream = opened }: Body): boolean {
  return used || (stream !== undefined && (stream.locked || isDisturbed(stream)));
}

/** True for a stream that was read or cancelled. No public property says so, but such a stream cannot be a body. */
function isDisturbed(stream: ReadableStream<Uint8Array>): boolean {
  try {
    return new Response(stream).bodyUsed;
  } catch {
    return true;
  }
}

function open(body: Body): ReadableStream<Uint8Array> {
  body.opened ??= body.stream ?? (new Response(body.text).body as ReadableStream<Uint8Array>);
  return body.opened;
}

/** A plain Response of the remaining body, for the readers that are rarely used. */
function plain(response: Replaced): Response {
  const body = take(response);
  return new Response(body.text ?? open(body), { headers: response.headers });
}

async function text(this: Replaced): Promise<string> {
  const body = take(this);
  return body.text === undefined ? new Response(open(body)).text() : body.text;
}

async function json(this: Replaced): Promise<unknown> {
  const body = take(this);
  return JSON.parse(body.text ?? (await new Response(open(body)).text())) as unknown;
}

function clone(this: Replaced): Response {
  const body = this[BODY];
  if (isUsed(body)) throw new TypeError('Response.clone: Body has already been consumed.');
  const copy = new Response(null, { status: this.status, statusText: this.statusText, headers: this.headers });
  Object.defineProperty(copy, 'url', { value: this.url });
  if (body.text !== undefined) return withText(copy, body.text);
  const [mine, theirs] = open(body).tee();
  this[BODY] = { stream: mine, used: false };
  return withStream(copy, theirs);
}

const METHODS: PropertyDescriptorMap = {
  text: method(text),
  json: method(json),
  clone: method(clone),
  arrayBuffer: method(async function (this: Replaced) {
    return plain(this).arrayBuffer();
  }),
  bytes: method(async function (this: Replaced) {
    return new Uint8Array(await plain(this).arrayBuffer());
  }),
  blob: method(async function (this: Replaced) {
    return plain(this).blob();
  }),
  formData: method(async function (this: Replaced) {
    return plain(this).formData();
  }),
  body: {
    configurable: true,
    get(this: Replaced) {
      return open(this[BODY]);
    },
  },
  bodyUsed: {
    configurable: true,
    get(this: Replaced) {
      return isUsed(this[BODY]);
    },
  },
};

function method(value: (this: Replaced) => unknown): PropertyDescriptor {
  return { configurable: true, writable: true, value };
}
