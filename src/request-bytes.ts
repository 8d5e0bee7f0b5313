/** Bodies of untrusted requests: read up to a limit, and not read to their end once they are refused. */
import type { IncomingMessage } from 'node:http';

/**
 * The bytes of a body, or `undefined` if it is longer than the limit; the rest of a longer one is not read.
 *
 * @param parts the body as it arrives; rejects as they do
 */
export async function readAtMost(
  parts: AsyncIterable<Uint8Array>,
  maxBytes: number,
): Promise<Uint8Array<ArrayBuffer> | undefined> {
  const read: Uint8Array[] = [];
  let length = 0;
  for await (const part of parts) {
    length += part.length;
    if (length > maxBytes) return undefined;
    read.push(part);
  }
  const whole = new Uint8Array(length);
  let start = 0;
  for (const part of read) {
    whole.set(part, start);
    start += part.length;
  }
  return whole;
}

/**
 * The body of a Node request as it arrives. A reader that stops early keeps the connection open, so that the client
 * receives the error.
 */
export function bodyParts(request: IncomingMessage): AsyncIterable<Uint8Array> {
  return request.iterator({ destroyOnReturn: false }) as AsyncIterable<Uint8Array>;
}

/** Whether the client may still be sending a body: Node would read all of it, however long it is, before the next request. */
export function sendsBody({ complete, headers }: IncomingMessage): boolean {
  return !complete && (headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) !== 0);
}
