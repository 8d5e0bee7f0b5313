/** Requests to the server, and the ledger's version as the server reports it. */
import { useEffect, useState } from 'preact/hooks';

/** JSON has no NaN and no infinity: the server writes `null`, and a figure's field determines which of the two is meant. */
function reviveFigure(_key: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || !('low' in value) || !('high' in value)) return value;
  const figure = value as { value?: number | null; low: number | null; high: number | null };
  return { ...figure, value: figure.value ?? Number.NaN, low: figure.low ?? 0, high: figure.high ?? Infinity };
}

async function read<Value>(response: Response): Promise<Value> {
  const text = await response.text();
  if (response.headers.get('content-type') !== 'application/json') throw new Error(refusalOf(response, text));
  const value = JSON.parse(text, reviveFigure) as Value | { error: string };
  if (response.ok) return value as Value;
  throw new Error((value as { error: string }).error);
}

/** The server's own refusal is one line of text. A login or proxy page is HTML, which the message replaces. */
function refusalOf({ status, headers }: Response, text: string): string {
  if (headers.get('content-type')?.startsWith('text/plain') === true) return text.trim();
  return `the server did not answer with data (status ${status}): reload the page, you may have to sign in again`;
}

/** No answer at all, not even a refusal: what the page shows is as old as the last answer. */
class Unreachable extends Error {}

/** True where the banner of the lost connection says all that there is to say. */
export function isUnreachable(error: unknown): boolean {
  return error instanceof Unreachable;
}

async function asked(path: string, init?: RequestInit): Promise<Response> {
  try {
    return await fetch(path, init);
  } catch (error) {
    throw new Unreachable('The server of this dashboard does not answer.', { cause: error });
  }
}

async function get<Value>(path: string): Promise<Value> {
  return read(await asked(path));
}

export async function post<Value>(path: string, body: unknown): Promise<Value> {
  const headers = { 'content-type': 'application/json' };
  return read(await asked(path, { method: 'POST', headers, body: JSON.stringify(body) }));
}

export type ServerAnswer<Value> =
  | { readonly kind: 'loading' }
  | { readonly kind: 'loaded'; readonly value: Value }
  | { readonly kind: 'failed'; readonly message: string; readonly isUnreachable?: boolean };

/** Never rejects: a failure is returned as an answer of its own kind. */
async function answerOf<Value>(path: string): Promise<ServerAnswer<Value>> {
  try {
    return { kind: 'loaded', value: await get<Value>(path) };
  } catch (error) {
    return { kind: 'failed', message: messageOf(error), isUnreachable: isUnreachable(error) };
  }
}

/** An error in one sentence for the reader. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : 'the dashboard did not answer';
}

/** Fetches again whenever the path or the ledger's version changes; the last answer stays until the next has loaded. */
export function useAnswer<Value>(path: string, version: number): ServerAnswer<Value> {
  const [state, set] = useState<Answered<Value>>({ path, answer: { kind: 'loading' } });
  useEffect(() => {
    let stale = false;
    const load = async (): Promise<void> => {
      const answer = await answerOf<Value>(path);
      if (stale) return;
      // Figures that the server cannot confirm stay, and the page says how old they are.
      set(now => (isKept(now, path, answer) ? now : { path, answer }));
    };
    void load();
    return () => {
      stale = true;
    };
  }, [path, version]);
  return state.path === path ? state.answer : { kind: 'loading' };
}

interface Answered<Value> {
  readonly path: string;
  readonly answer: ServerAnswer<Value>;
}

function isKept<Value>({ path: of, answer }: Answered<Value>, path: string, next: ServerAnswer<Value>): boolean {
  return next.kind === 'failed' && next.isUnreachable === true && of === path && answer.kind === 'loaded';
}

export interface LedgerVersion {
  /** Grows with every new version of the ledger that the server reports. */
  readonly version: number;
  readonly connected: boolean;
  /** Time of the last sign of the server, milliseconds since the epoch, while there is no connection; absent before the first try. */
  readonly lostSinceMs?: number;
}

/** A browser ends an event stream where it was refused: after a restart the server knows it no more. */
const RETRY_MS = 3_000;

/** From server-sent events. The page reconnects by itself, for as long as it is open. */
export function useLedgerVersion(): LedgerVersion {
  const [state, set] = useState<LedgerVersion>({ version: 0, connected: false });
  useEffect(() => {
    let last = '';
    let source: EventSource | undefined;
    let timer: ReturnType<typeof setTimeout> | undefined;
    function connect(): void {
      const own = new EventSource('api/events');
      source = own;
      own.addEventListener('open', () => set(({ version }) => ({ version, connected: true })));
      own.addEventListener('error', () => {
        set(({ version, lostSinceMs = Date.now() }) => ({ version, connected: false, lostSinceMs }));
        if (own.readyState === EventSource.CLOSED) timer = setTimeout(connect, RETRY_MS);
      });
      own.addEventListener('ledger', event => {
        const reported = String(event.data);
        // The first event counts too: the page may have read an older version before it connected.
        if (reported !== last) set(now => ({ ...now, version: now.version + 1 }));
        last = reported;
      });
    }
    connect();
    return () => {
      source?.close();
      clearTimeout(timer);
    };
  }, []);
  return state;
}
