/** Users' sessions, whose code is loaded with the first of them: most applications name none. */
import type { SessionBook, SessionBookOptions } from './session-book.ts';

export interface Sessions {
  /** Absent until the code is loaded: no intent has had a session by then. */
  readonly book: SessionBook | undefined;
  /** Call when an intent of a session is expected, so that the session is read meanwhile. */
  expect(session: string): void;
  /** Call before an intent of a session is decided. `undefined`: there is nothing to wait for. */
  ready(session?: string): Promise<unknown> | undefined;
  readonly flush: () => Promise<void>;
}

export function lazySessions(options: SessionBookOptions): Sessions {
  let loading: Promise<SessionBook> | undefined;

  async function load(): Promise<SessionBook> {
    const { sessionBook } = await import('./session-book.ts');
    return (sessions.book = sessionBook(options));
  }

  const sessions: Sessions & { book: SessionBook | undefined } = {
    book: undefined,
    expect(session) {
      if (sessions.book === undefined) (loading ??= load()).then(book => book.expect(session), options.faulted);
      else sessions.book.expect(session);
    },
    ready(session) {
      if (sessions.book !== undefined) return session === undefined ? undefined : sessions.book.read(session);
      loading ??= load();
      return session === undefined ? loading : loading.then(book => book.read(session));
    },
    flush: async () => sessions.book?.flush(),
  };
  return sessions;
}
