/** Sends a reply, complete or cut short by a fault. Its cost goes on the bill before the last byte is sent. */
import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import type { RenderedEvent } from './fake-api.ts';
import type { FakeFault, RetryAfter } from './faults.ts';

export type FakeReply =
  | { readonly json: Readonly<Record<string, unknown>> }
  | { readonly events: readonly RenderedEvent[] };

/** The part of a reply that had been sent when it was charged. */
export interface SentPart {
  /** The usage that the client could read by then. */
  readonly reports: 'nothing' | 'input' | 'usage';
  /** Characters sent that the model wrote. Of a plain reply that cannot be read: the announced length of its body. */
  readonly chars: number;
  /** Characters of the whole reply. */
  readonly ofChars: number;
}

export interface ReplyOptions {
  readonly fault: FakeFault | undefined;
  readonly headers: Readonly<Record<string, string>>;
  /** Puts the reply on the bill. Called exactly once. */
  readonly charge: (sent: SentPart) => void;
}

/** Resolves when the exchange is over. */
export async function sendReply(response: ServerResponse, reply: FakeReply, options: ReplyOptions): Promise<void> {
  if ('json' in reply) sendPlain(response, JSON.stringify(reply.json), options);
  else await sendStream(response, reply.events, options);
  if (!response.closed) await once(response, 'close');
}

function sendPlain(response: ServerResponse, text: string, { fault, headers, charge }: ReplyOptions): void {
  const bytes = Buffer.from(text);
  const half = bytes.subarray(0, bytes.length >> 1);
  const head = { 'content-type': 'application/json', ...headers };
  const unread = (chars: number): void => charge({ reports: 'nothing', chars, ofChars: chars });
  const kind = fault?.kind;
  if (kind === 'malformed' || kind === 'truncate') {
    unread(half.toString().length);
    response.writeHead(200, { ...head, 'content-length': half.length }).end(half);
  } else if (kind === 'cut' || kind === 'pause') {
    unread(bytes.length);
    response.writeHead(200, { ...head, 'content-length': bytes.length }).write(half);
    if (kind === 'cut') void breakOff(response);
  } else {
    charge({ reports: 'usage', chars: text.length, ofChars: text.length });
    response.writeHead(200, { ...head, 'content-length': bytes.length }).end(bytes);
  }
}

/** Events before the malformed one, so that the stream has begun. */
const MALFORMED_AFTER = 2;
const MALFORMED: RenderedEvent = { text: 'data: {"malformed\n\n', chars: 0 };

async function sendStream(
  response: ServerResponse,
  events: readonly RenderedEvent[],
  { fault, headers, charge }: ReplyOptions,
): Promise<void> {
  response.writeHead(200, {
    'content-type': 'text/event-stream; charset=utf-8',
    'cache-control': 'no-cache',
    ...headers,
  });
  const ofChars = events.reduce((sum, { chars }) => sum + chars, 0);
  const stopsAfter = stopOf(fault);
  const sent = stopsAfter === undefined ? events : events.slice(0, stopsAfter);
  let reports: SentPart['reports'] = 'nothing';
  let chars = 0;
  const last = sent.length - 1;
  if (last < 0) {
    charge({ reports, chars, ofChars });
    response.flushHeaders();
  }
  for (const [index, event] of sent.entries()) {
    if (index > 0 && fault?.kind === 'slow') await delay(fault.betweenEventsMs ?? 0);
    if (response.closed) {
      // The client has disconnected: it is charged for the events that were sent, even if the last one did not arrive.
      charge({ reports, chars, ofChars });
      return;
    }
    reports = event.reports ?? reports;
    chars += event.chars;
    if (index === last) charge({ reports, chars, ofChars });
    if (!response.write(event.text)) await Promise.race([once(response, 'drain'), once(response, 'close')]);
  }
  if (fault?.kind === 'malformed') response.write(MALFORMED.text);
  if (fault?.kind === 'pause' && stopsAfter !== undefined) return;
  if (fault?.kind === 'cut' && stopsAfter !== undefined) await breakOff(response);
  else response.end();
}

/** Some clients lose response headers that arrive together with the end of the connection, so the end waits this long. */
const HEAD_START_MS = 15;

async function breakOff(response: ServerResponse): Promise<void> {
  await delay(HEAD_START_MS);
  response.socket?.destroySoon();
}

function stopOf(fault: FakeFault | undefined): number | undefined {
  if (fault?.kind === 'malformed') return MALFORMED_AFTER;
  return fault !== undefined && 'afterEvents' in fault ? fault.afterEvents : undefined;
}

export function retryAfterHeaders(retryAfter: RetryAfter | undefined, nowMs: number): Readonly<Record<string, string>> {
  if (retryAfter === undefined) return {};
  if ('seconds' in retryAfter) return { 'retry-after': String(retryAfter.seconds) };
  if ('ms' in retryAfter) return { 'retry-after-ms': String(retryAfter.ms) };
  return { 'retry-after': new Date(nowMs + retryAfter.dateInMs).toUTCString() };
}
