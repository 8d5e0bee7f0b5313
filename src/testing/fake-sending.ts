/** Sends a reply, complete or cut short by a fault. Its cost goes on the bill before the last byte is sent. */
import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import type { FakeReply, RenderedEvent } from './fake-api.ts';
import type { FakeDelivery } from './fake-delivery.ts';
import { bodyEncoder, deliveredHeaders, encodedBody } from './fake-delivery.ts';
import type { FakeFault } from './faults.ts';

/** The part of a reply that had been sent when it was charged. */
export interface SentPart {
  /** The usage that the client could read by then. */
  readonly reports: 'nothing' | 'input' | 'usage';
  /** Characters sent that the model wrote. Of a plain reply that cannot be read: the announced length of its body. */
  readonly chars: number;
  /** Characters of the whole reply. */
  readonly ofChars: number;
  /** The reply ends with an error. */
  readonly failed?: boolean;
}

export interface ReplyOptions {
  readonly fault: FakeFault | undefined;
  readonly headers: Readonly<Record<string, string>>;
  readonly delivery: FakeDelivery;
  /** Puts the reply on the bill. Called exactly once. */
  readonly charge: (sent: SentPart) => void;
}

/** Resolves when the exchange is over. */
export async function sendReply(response: ServerResponse, reply: FakeReply, options: ReplyOptions): Promise<void> {
  if ('json' in reply) await sendPlain(response, reply, options);
  else await sendStream(response, reply, options);
  if (!response.closed) await once(response, 'close');
}

async function sendPlain(
  response: ServerResponse,
  { json, failed = false }: Extract<FakeReply, { readonly json: unknown }>,
  { fault, headers, delivery, charge }: ReplyOptions,
): Promise<void> {
  const text = JSON.stringify(json);
  const head = deliveredHeaders({ 'content-type': 'application/json', ...headers }, delivery);
  const kind = fault?.kind;
  if (kind === 'malformed' || kind === 'truncate') {
    const half = Buffer.from(text)
      .subarray(0, Buffer.byteLength(text) >> 1)
      .toString();
    charge({ reports: 'nothing', chars: half.length, ofChars: half.length });
    const bytes = await encodedBody(half, delivery.encoding);
    response.writeHead(200, { ...head, 'content-length': bytes.length }).end(bytes);
    return;
  }
  const bytes = await encodedBody(text, delivery.encoding);
  const begun = response.writeHead(200, { ...head, 'content-length': bytes.length });
  if (kind === 'cut' || kind === 'pause') {
    charge({ reports: 'nothing', chars: bytes.length, ofChars: bytes.length });
    begun.write(bytes.subarray(0, bytes.length >> 1));
    if (kind === 'cut') await breakOff(response);
  } else {
    charge(
      failed
        ? { reports: 'nothing', chars: 0, ofChars: 0, failed }
        : { reports: 'usage', chars: text.length, ofChars: text.length },
    );
    begun.end(bytes);
  }
}

/** Events before the malformed one, so that the stream has begun. */
const MALFORMED_AFTER = 2;
const MALFORMED: RenderedEvent = { text: 'data: {"malformed\n\n', chars: 0 };

async function sendStream(
  response: ServerResponse,
  { events, failed = false }: Extract<FakeReply, { readonly events: unknown }>,
  { fault, headers, delivery, charge }: ReplyOptions,
): Promise<void> {
  const usual = { 'content-type': 'text/event-stream; charset=utf-8', 'cache-control': 'no-cache', ...headers };
  response.writeHead(200, deliveredHeaders(usual, delivery));
  const encoder = bodyEncoder(delivery.encoding);
  const write = async (text: string): Promise<void> => {
    if (!response.write(await encoder.encode(Buffer.from(text)))) {
      await Promise.race([once(response, 'drain'), once(response, 'close')]);
    }
  };
  const ofChars = events.reduce((sum, { chars }) => sum + chars, 0);
  const stopsAfter = stopOf(fault);
  const sent = stopsAfter === undefined ? events : events.slice(0, stopsAfter);
  let reports: SentPart['reports'] = 'nothing';
  let chars = 0;
  const chargeSent = (): void => charge({ reports, chars, ofChars, failed });
  const last = sent.length - 1;
  if (last < 0) {
    chargeSent();
    response.flushHeaders();
  }
  for (const [index, event] of sent.entries()) {
    if (index > 0 && fault?.kind === 'slow') await delay(fault.betweenEventsMs ?? 0);
    if (response.closed) {
      // The client has disconnected: it is charged for the events that were sent, even if the last one did not arrive.
      chargeSent();
      return;
    }
    reports = event.reports ?? reports;
    chars += event.chars;
    if (index === last) chargeSent();
    await write(event.text);
  }
  if (fault?.kind === 'malformed') await write(MALFORMED.text);
  if (fault?.kind === 'pause' && stopsAfter !== undefined) return;
  if (fault?.kind === 'cut' && stopsAfter !== undefined) await breakOff(response);
  else response.end(await encoder.end());
}

/** Some clients lose response headers that arrive together with the end of the connection, so the end waits this long. */
const HEAD_START_MS = 15;

async function breakOff(response: ServerResponse): Promise<void> {
  await delay(HEAD_START_MS);
  response.socket?.destroySoon();
}

function stopOf(fault: FakeFault | undefined): number | undefined {
  if (fault?.kind === 'malformed') return MALFORMED_AFTER;
  return fault?.kind === 'truncate' || fault?.kind === 'cut' || fault?.kind === 'pause' ? fault.afterEvents : undefined;
}
