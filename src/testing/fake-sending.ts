/** Sends a reply, complete or cut short by a fault. Its cost goes on the bill before the last byte is sent. */
import type { ServerResponse } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import type { SeededRandom } from '../core/math/random.ts';
import type { FakeReply, RenderedEvent } from './fake-api.ts';
import type { FakeHead } from './fake-body.ts';
import { announced, beforeBody, breakOff, closed, openBody, sendBody } from './fake-body.ts';
import type { FakeDelivery } from './fake-delivery.ts';
import { encodedBody } from './fake-delivery.ts';
import { formatEvents } from './fake-event-format.ts';
import type { FakeFault } from './faults.ts';

/** The part of a reply that had been sent when it was charged. */
export interface SentPart {
  /** The usage that the client could read by then. */
  readonly reports: 'nothing' | 'input' | 'usage';
  /** Sent characters that the model wrote. For a plain reply that cannot be read: the sent characters of its body. */
  readonly chars: number;
  /** Characters of the whole reply. */
  readonly ofChars: number;
}

export interface ReplyOptions {
  readonly fault: FakeFault | undefined;
  readonly headers: Readonly<Record<string, string>>;
  readonly delivery: FakeDelivery;
  readonly random: SeededRandom;
  /** Puts the reply on the bill. Called once, unless the reply is free. */
  readonly charge: (sent: SentPart) => void;
}

/** Resolves when the exchange is over. */
export async function sendReply(response: ServerResponse, reply: FakeReply, options: ReplyOptions): Promise<void> {
  if ('json' in reply) await sendPlain(response, reply, options);
  else await sendStream(response, reply, options);
  await closed(response);
}

async function sendPlain(
  response: ServerResponse,
  { json, incomplete = false }: Extract<FakeReply, { readonly json: unknown }>,
  { fault, headers, delivery, random, charge }: ReplyOptions,
): Promise<void> {
  const text = JSON.stringify(json);
  const head: FakeHead = {
    status: 200,
    headers: { 'content-type': 'application/json', ...headers },
    delivery,
    random,
  };
  const unread = (chars: number): void => charge({ reports: 'nothing', chars, ofChars: chars });
  if (fault?.kind === 'malformed' || fault?.kind === 'truncate') {
    const half = Buffer.from(text)
      .subarray(0, Buffer.byteLength(text) >> 1)
      .toString();
    unread(half.length);
    await sendBody(response, half, head);
  } else if (fault?.kind === 'cut' || fault?.kind === 'pause') {
    const bytes = await encodedBody(text, delivery.encoding);
    const half = bytes.subarray(0, bytes.length >> 1);
    // Half of a compressed body cannot be read at all.
    unread(delivery.encoding === undefined ? half.toString().length : 0);
    announced(response, head, bytes.length).write(half);
    if (fault.kind === 'cut') await breakOff(response, fault.by);
  } else {
    await sendBody(response, text, head, () => {
      if (incomplete) return;
      charge({ reports: response.closed ? 'nothing' : 'usage', chars: text.length, ofChars: text.length });
    });
  }
}

/** Events before the malformed one, so that the stream has begun. */
const MALFORMED_AFTER = 2;
const MALFORMED: RenderedEvent = { text: 'data: {"malformed\n\n', chars: 0 };

async function sendStream(
  response: ServerResponse,
  { events, incomplete = false }: Extract<FakeReply, { readonly events: unknown }>,
  { fault, headers, delivery, random, charge }: ReplyOptions,
): Promise<void> {
  const usual = { 'content-type': 'text/event-stream; charset=utf-8', 'cache-control': 'no-cache', ...headers };
  const body = openBody(response, { status: 200, headers: usual, delivery, random });
  const ofChars = events.reduce((sum, { chars }) => sum + chars, 0);
  const stopsAfter = stopOf(fault);
  const sent = formatEvents(events, delivery.events).slice(0, stopsAfter);
  let reports: SentPart['reports'] = 'nothing';
  let chars = 0;
  let isFree = incomplete;
  const chargeSent = (): void => {
    if (!isFree) charge({ reports, chars, ofChars });
  };
  const last = sent.length - 1;
  if (last < 0) {
    chargeSent();
    response.flushHeaders();
  } else {
    await beforeBody(response, delivery);
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
    isFree &&= event.withoutOutput === true && event.reports === undefined;
    if (index === last) chargeSent();
    await body.write(event.text);
  }
  if (fault?.kind === 'malformed') await body.write(MALFORMED.text);
  await body.flush();
  if (fault?.kind === 'pause') return;
  if (fault?.kind === 'cut') await breakOff(response, fault.by);
  else await body.end();
}

/** The number of events after which the fault stops a stream. */
function stopOf(fault: FakeFault | undefined): number | undefined {
  if (fault?.kind === 'malformed') return MALFORMED_AFTER;
  return fault?.kind === 'truncate' || fault?.kind === 'cut' || fault?.kind === 'pause' ? fault.afterEvents : undefined;
}
