/** Server-sent events that notify every open page of a new version of the ledger. */
import type { ServerResponse } from 'node:http';
import { refuse } from './responses.ts';

export interface Live {
  /** Sends events until the client disconnects. */
  add(response: ServerResponse): void;
  close(): void;
}

/** Interval of the polls, each of which reads the store's generations once. Shorter: pages are updated sooner. */
const POLL_MS = 500;
/** A comment is sent this often, because proxies close a connection without traffic, many of them after 30 s. */
const KEEP_ALIVE_MS = 15_000;
/** Streams at a time, one per open page. More: more memory that clients may hold. */
const MAX_READERS = 100;

/** @param version returns a text that changes whenever the ledger changes */
export function live(version: () => Promise<string>): Live {
  const readers = new Set<ServerResponse>();
  let last: string | undefined;
  let polling = false;
  let sinceKeepAliveMs = 0;

  async function poll(): Promise<void> {
    if (polling || readers.size === 0) return;
    polling = true;
    try {
      const current = await version();
      if (current !== last) send(message(current));
      last = current;
    } catch {
      // The store may be unavailable for a moment. Requests for figures report the error, so the poll ignores it.
    } finally {
      polling = false;
    }
    sinceKeepAliveMs += POLL_MS;
    if (sinceKeepAliveMs < KEEP_ALIVE_MS) return;
    sinceKeepAliveMs = 0;
    send(': keep-alive\n\n');
  }

  function send(text: string): void {
    for (const reader of readers) {
      // The buffer of a client that has stopped reading would grow without limit.
      if (!reader.write(text)) reader.destroy();
    }
  }

  const timer = setInterval(() => void poll(), POLL_MS);
  timer.unref();
  return {
    add(response) {
      // The client may have left while the application authorized it: in that case `close` was already emitted.
      if (response.destroyed) return;
      if (readers.size >= MAX_READERS) return refuse(response, 503, 'too many pages are open');
      // The second header tells proxies such as nginx not to buffer events.
      response.writeHead(200, { 'content-type': 'text/event-stream', 'x-accel-buffering': 'no' });
      response.write('retry: 1000\n\n');
      // While there was no reader, the version was not looked up, so the last one may be outdated.
      if (readers.size === 0) last = undefined;
      if (last !== undefined) response.write(message(last));
      readers.add(response);
      response.on('close', () => readers.delete(response));
    },
    close() {
      clearInterval(timer);
      for (const reader of readers) reader.end();
      readers.clear();
    },
  };
}

function message(version: string): string {
  return `event: ledger\ndata: ${version}\n\n`;
}
