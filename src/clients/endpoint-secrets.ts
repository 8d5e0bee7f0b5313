/**
 * Keeps an endpoint's own key and headers from the caller, the observers and the ledger: some servers and proxies repeat the
 * request in their errors. Text that a model has written is left as it is, even where it contains the same words.
 */
import { readEventError } from '../wires/reply-error.ts';
import { hiderOf } from '../wires/hidden-texts.ts';
import { field, parseJson } from '../wires/json-fields.ts';
import { bodySource, decoded } from './body-source.ts';
import { isCredential } from './endpoint.ts';
import { observedStream } from './observed-stream.ts';
import { withStream } from './reply-response.ts';

/**
 * The texts that no error may quote: credentials, and all that the endpoint adds to the headers.
 *
 * @param sent the headers as they were sent
 * @param given the headers before the endpoint's own were added
 */
export function secretsIn(sent: RequestInit['headers'], given: RequestInit['headers']): readonly string[] {
  const before = new Headers(given);
  return [...new Headers(sent)].flatMap(([name, value]) =>
    isCredential(name) || before.get(name) !== value ? [value] : [],
  );
}

/** The text of a complete 2xx reply, without the secrets where it is an error or cannot be read. */
export function shownText(text: string, secrets: readonly string[]): string {
  const shown = hiderOf(secrets)(text);
  return shown === text || isReply(text) ? text : shown;
}

function isReply(text: string): boolean {
  const json = parseJson(text);
  if (json === undefined) return false;
  // OpenAI's Responses API puts the failure inside the event.
  return [json, field(json, 'response')].every(part => readEventError(part, false) === undefined);
}

/**
 * The response without the secrets in its headers, and in its body where that is an error or a stream. In a stream, an
 * incomplete line is held until it ends.
 *
 * @param isStream true where a 2xx reply is read as a stream; otherwise a 2xx reply is left to {@link shownText}
 */
export function withoutSecretsIn(response: Response, secrets: readonly string[], isStream: boolean): Response {
  const hide = hiderOf(secrets);
  // A header holds no character beyond Latin-1.
  const hideInHead = (text: string): string => hide(text).replaceAll('…', '...');
  const { headers, statusText } = response;
  const shown = [...headers].map(([name, value]) => [name, hideInHead(value)] as [string, string]);
  if (shown.some(([name, value]) => headers.get(name) !== value))
    Object.defineProperty(response, 'headers', { value: new Headers(shown) });
  if (hide(statusText) !== statusText) Object.defineProperty(response, 'statusText', { value: hideInHead(statusText) });
  if ((response.ok && !isStream) || response.body === null) return response;
  return withStream(response, shownStream(response.body, hide, response.ok));
}

/**
 * {@link withoutSecretsIn} of a response that the router passes on unread. A plain 2xx reply is held until its end, which shows
 * whether it is an error.
 */
export function passedWithoutSecrets(response: Response, secrets: readonly string[], isStream: boolean): Response {
  const shown = withoutSecretsIn(response, secrets, isStream);
  if (isStream || !shown.ok || shown.body === null) return shown;
  let chunks: Uint8Array[] = [];
  const whole = observedStream(bodySource(shown.body), {
    observe(chunk) {
      chunks.push(chunk);
      return NO_BYTES;
    },
    ended() {
      const text = decoded(chunks);
      chunks = [];
      return new TextEncoder().encode(shownText(text, secrets));
    },
    failed: () => {},
    cancelled: () => {},
  });
  return withStream(shown, whole);
}

const LINE_FEED = 10;
const RETURN = 13;
const NO_BYTES = new Uint8Array();

/** @param mayBeReply false for the body of an error */
function shownStream(
  body: ReadableStream<Uint8Array>,
  hide: (text: string) => string,
  mayBeReply: boolean,
): ReadableStream<Uint8Array> {
  const source = bodySource(body);
  let unended: Uint8Array = NO_BYTES;
  let isError = !mayBeReply;

  function shown(bytes: Uint8Array): Uint8Array {
    const text = new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes);
    const isQuoted = hide(text) !== text;
    const lines = text.split(/(?<=[\r\n])/).map(line => {
      const event = /^event: ?(.*)/.exec(line)?.[1];
      if (event !== undefined) isError = !mayBeReply || event === 'error';
      return !isError && (!isQuoted || isReply(line.replace(/^data:/, ''))) ? line : hide(line);
    });
    const all = lines.join('');
    return all === text ? bytes : new TextEncoder().encode(all);
  }

  return observedStream(source, {
    observe(chunk) {
      const end = Math.max(chunk.lastIndexOf(LINE_FEED), chunk.lastIndexOf(RETURN)) + 1;
      const whole = unended.length === 0 ? chunk.subarray(0, end) : joined(unended, chunk.subarray(0, end));
      if (end === 0) {
        unended = joined(unended, chunk);
        return NO_BYTES;
      }
      unended = chunk.subarray(end);
      return shown(whole);
    },
    ended: () => {
      const rest = shown(unended);
      unended = NO_BYTES;
      return rest;
    },
    failed: () => {},
    cancelled: () => {},
  });
}

function joined(first: Uint8Array, second: Uint8Array): Uint8Array {
  const all = new Uint8Array(first.length + second.length);
  all.set(first);
  all.set(second, first.length);
  return all;
}
