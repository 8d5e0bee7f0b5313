/** Server-sent events: tells every open page that the ledger has moved on. */
import type { ServerResponse } from 'node:http';

export interface Live {
  /** Keeps the response open until its reader leaves. */
  add(response: ServerResponse): void;
  close(): void;
}

const LOOK_EVERY_MS = 500;
/** Proxies and sleeping laptops drop a silent line; a comment now and then keeps it or shows that it is gone. */
const BEAT_EVERY_MS = 15_000;

/** @param version changes when there is something new to see */
export function live(version: () => Promise<number>): Live {
  const readers = new Set<ServerResponse>();
  let last = Number.NaN;
  let looking = false;
  let beatMs = 0;

  async function look(): Promise<void> {
    if (looking || readers.size === 0) return;
    looking = true;
    try {
      const current = await version();
      if (current !== last) send(message(current));
      last = current;
    } catch {
      // A store that is away for a moment has nothing new; requests for its content say what is wrong.
    } finally {
      looking = false;
    }
    beatMs += LOOK_EVERY_MS;
    if (beatMs < BEAT_EVERY_MS) return;
    beatMs = 0;
    send(': still here\n\n');
  }

  function send(text: string): void {
    for (const reader of readers) reader.write(text);
  }

  const timer = setInterval(() => void look(), LOOK_EVERY_MS);
  timer.unref();
  return {
    add(response) {
      // The second header tells proxies such as nginx not to hold events back.
      response.writeHead(200, { 'content-type': 'text/event-stream', 'x-accel-buffering': 'no' });
      response.write('retry: 1000\n\n');
      if (!Number.isNaN(last)) response.write(message(last));
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

function message(version: number): string {
  return `event: ledger\ndata: ${version}\n\n`;
}
