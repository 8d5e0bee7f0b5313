/** Requests to the server, and the ledger's version as the server reports it. */
import { useEffect, useRef, useState } from 'preact/hooks';

/** JSON has no NaN and no infinity: the server writes `null`, and the figure's field determines which of the two it means. */
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

/** The server's own refusal is one line of text. A login or proxy page is HTML, which is replaced by our own message. */
function refusalOf({ status, headers }: Response, text: string): string {
  if (headers.get('content-type')?.startsWith('text/plain') === true) return text.trim();
  return `the server did not answer with data (status ${status}): reload the page, you may have to sign in again`;
}

/** No answer at all, not even a refusal: the page shows the last answer. */
class Unreachable extends Error {}

/** True where the banner of the lost connection already says everything. */
export function isUnreachable(error: unknown): boolean {
  return error instanceof Unreachable;
}

async function asked(path: string, init: RequestInit): Promise<Response> {
  try {
    return await fetch(path, init);
  } catch (error) {
    throw new Unreachable('The server of this dashboard does not answer.', { cause: error });
  }
}

async function get<Value>(path: string, signal: AbortSignal): Promise<Value> {
  return read(await asked(path, { signal }));
}

export async function post<Value>(path: string, body: unknown): Promise<Value> {
  const headers = { 'content-type': 'application/json' };
  return read(await asked(path, { method: 'POST', headers, body: JSON.stringify(body) }));
}

export type ServerAnswer<Value> =
  | { readonly kind: 'loading' }
  | {
      readonly kind: 'loaded';
      readonly value: Value;
      /** The answer belongs to an earlier question; the answer to the current one is on its way. */
      readonly isOld?: boolean;
      /** Why the server could not confirm the answer, in the server's words. */
      readonly problem?: string;
    }
  | { readonly kind: 'failed'; readonly message: string; readonly isUnreachable?: boolean };

/** Never rejects: a failure is returned as an answer of its own kind. */
async function answerOf<Value>(path: string, signal: AbortSignal): Promise<ServerAnswer<Value>> {
  try {
    return { kind: 'loaded', value: await get<Value>(path, signal) };
  } catch (error) {
    return { kind: 'failed', message: messageOf(error), isUnreachable: isUnreachable(error) };
  }
}

/** An error in one sentence for the reader. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : 'the dashboard did not answer';
}

/**
 * Asks again whenever the path or the ledger's version changes, and when the server is back after an answer failed. The last
 * answer stays until the next has come, and is marked as old if it belongs to another path.
 */
export function useAnswer<Value>(path: string, version: number): ServerAnswer<Value> {
  const [state, set] = useState<Answered<Value>>({ path, answer: LOADING });
  const hasFailed = useRef(false);
  const again = useAsking(path, version, async signal => {
    const answer = await answerOf<Value>(path, signal);
    if (signal.aborted) return;
    hasFailed.current = answer.kind === 'failed';
    set(now => settled(now, path, answer));
  });
  useEffect(() => {
    const ask = (): void => void (hasFailed.current && again.current());
    returns.addEventListener('return', ask);
    return () => returns.removeEventListener('return', ask);
  }, []);
  if (state.path === path) return state.answer;
  return state.answer.kind === 'loaded' ? { ...state.answer, isOld: true } : LOADING;
}

/**
 * Calls `ask` for every question, and again when the ledger's version changes. One request at a time, because a ledger may change
 * faster than the server answers. The signal is aborted when there is another question, and when the connection is lost
 * meanwhile.
 */
export function useAsking(
  question: string,
  version: number,
  ask: (signal: AbortSignal) => Promise<void>,
): { readonly current: () => void } {
  const again = useRef(() => {});
  useEffect(() => {
    const leaving = new AbortController();
    let request = new AbortController();
    let isAsking = false;
    let isDue = false;
    async function run(): Promise<void> {
      isDue = true;
      if (isAsking) return;
      isAsking = true;
      while (isDue && !leaving.signal.aborted) {
        isDue = false;
        request = new AbortController();
        await ask(request.signal);
      }
      isAsking = false;
    }
    /** A question from before the connection was lost may never be answered. */
    function restart(): void {
      if (!isAsking) return;
      isDue = true;
      request.abort();
    }
    again.current = () => void run();
    returns.addEventListener('return', restart, { signal: leaving.signal });
    return () => {
      leaving.abort();
      request.abort();
    };
  }, [question]);
  useEffect(() => again.current(), [question, version]);
  return again;
}

/** Incremented whenever the server answers again after it did not. */
export function useReturns(): number {
  const [count, set] = useState(0);
  useEffect(() => {
    const add = (): void => set(now => now + 1);
    returns.addEventListener('return', add);
    return () => returns.removeEventListener('return', add);
  }, []);
  return count;
}

const LOADING = { kind: 'loading' } as const;

/** Notified when the server answers again after it did not. */
const returns = new EventTarget();

interface Answered<Value> {
  readonly path: string;
  readonly answer: ServerAnswer<Value>;
}

/** Figures that the server cannot confirm stay, with the server's explanation: the reader may be working with them. */
function settled<Value>(now: Answered<Value>, path: string, next: ServerAnswer<Value>): Answered<Value> {
  if (next.kind !== 'failed' || now.answer.kind !== 'loaded') return { path, answer: next };
  // The banner of the lost connection states how old the figures are.
  if (next.isUnreachable === true) return now;
  return now.path === path ? { path, answer: { ...now.answer, problem: next.message } } : { path, answer: next };
}

export interface LedgerVersion {
  /** Grows with every new version of the ledger that the server reports. */
  readonly version: number;
  readonly connected: boolean;
  /**
   * Time of the server's last message, milliseconds since the epoch, while there is no connection; absent before the first
   * try.
   */
  readonly lostSinceMs?: number;
}

/**
 * Milliseconds. A browser does not retry an event stream that was refused, as after a restart, when the server no longer
 * knows the page.
 */
const RETRY_MS = 3_000;

/** The ledger's version, read from server-sent events. The page reconnects by itself, for as long as it is open. */
export function useLedgerVersion(): LedgerVersion {
  const [state, set] = useState<LedgerVersion>({ version: 0, connected: false });
  const isLost = state.lostSinceMs !== undefined;
  const wasLost = useRef(false);
  useEffect(() => {
    if (wasLost.current && !isLost) returns.dispatchEvent(new Event('return'));
    wasLost.current = isLost;
  }, [isLost]);
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
