/** Questions to the server, and the news it sends. */
import { useEffect, useState } from 'preact/hooks';

/** JSON has no NaN and no infinity: the server writes `null`, and a figure's fields say which of the two it was. */
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

/** A refusal is one line of text; a login page or that of a proxy says nothing useful here. */
function refusalOf({ status, headers }: Response, text: string): string {
  if (headers.get('content-type')?.startsWith('text/plain') === true) return text.trim();
  return `the server did not answer with data (status ${status}): reload the page, you may have to sign in again`;
}

async function ask<Value>(path: string): Promise<Value> {
  return read(await fetch(path));
}

export async function tell<Value>(path: string, body: unknown): Promise<Value> {
  const headers = { 'content-type': 'application/json' };
  return read(await fetch(path, { method: 'POST', headers, body: JSON.stringify(body) }));
}

export type Answer<Value> =
  | { readonly kind: 'waiting' }
  | { readonly kind: 'here'; readonly value: Value }
  | { readonly kind: 'failed'; readonly message: string };

/** Never rejects: a failure is an answer too. */
async function answerOf<Value>(path: string): Promise<Answer<Value>> {
  try {
    return { kind: 'here', value: await ask<Value>(path) };
  } catch (error) {
    return { kind: 'failed', message: messageOf(error) };
  }
}

/** What went wrong, for the reader. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : 'the dashboard did not answer';
}

/** The answer to a question, asked again when the ledger has moved on; the last one stays until the next is here. */
export function useAnswer<Value>(path: string, news: number): Answer<Value> {
  const [state, set] = useState<{ path: string; answer: Answer<Value> }>({ path, answer: { kind: 'waiting' } });
  useEffect(() => {
    let stale = false;
    const answered = async (): Promise<void> => {
      const answer = await answerOf<Value>(path);
      if (!stale) set({ path, answer });
    };
    void answered();
    return () => {
      stale = true;
    };
  }, [path, news]);
  return state.path === path ? state.answer : { kind: 'waiting' };
}

export interface News {
  /** Grows with every change of the ledger that the server tells of. */
  readonly count: number;
  readonly connected: boolean;
}

/** Server-sent events; the browser connects again by itself. */
export function useNews(): News {
  const [news, set] = useState<News>({ count: 0, connected: false });
  useEffect(() => {
    const source = new EventSource('api/events');
    let last = '';
    source.addEventListener('open', () => set(now => ({ ...now, connected: true })));
    source.addEventListener('error', () => set(now => ({ ...now, connected: false })));
    source.addEventListener('ledger', event => {
      const version = String(event.data);
      // The first word too: what the page has read may be older than this line.
      if (version !== last) set(now => ({ ...now, count: now.count + 1 }));
      last = version;
    });
    return () => source.close();
  }, []);
  return news;
}
