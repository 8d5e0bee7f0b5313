/** Who may talk to the dashboard: this machine's browser, with the link that was printed, from the dashboard's own page. */
import { randomBytes, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';

export interface GateRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
}

/** `open`: go on. `enter`: the token was right, set the cookie. `refused`: say why and nothing else. */
export type Admission =
  | { readonly kind: 'open' }
  | { readonly kind: 'enter'; readonly cookie: string }
  | { readonly kind: 'refused'; readonly status: 401 | 403 | 405; readonly reason: string };

export interface Gate {
  /** The path of a new link, good for one use. */
  newLink(): string;
  admit(request: GateRequest): Admission;
}

const ENTRANCE = '/enter';
/** Links that were printed and not used: the oldest stop working, so that they do not pile up. */
const MOST_LINKS = 8;

/**
 * Checks every request: `Host` (so that another name for this machine's address gets nothing), `Origin` (so that
 * another page gets nothing), then the cookie that a one-time token was exchanged for.
 *
 * @param port the port it listens on; the cookie's name has it, because cookies do not tell ports apart
 */
export function gate(port: number, random: (bytes: number) => Buffer = randomBytes): Gate {
  const hosts = new Set(['127.0.0.1', 'localhost', '[::1]'].map(name => `${name}:${port}`));
  const session = random(32).toString('base64url');
  const cookieName = `outcome_router_${port}`;
  const links: string[] = [];

  function isOwn(origin: string): boolean {
    return origin.startsWith('http://') && hosts.has(origin.slice('http://'.length));
  }

  return {
    newLink() {
      const token = random(32).toString('base64url');
      links.push(token);
      if (links.length > MOST_LINKS) links.shift();
      return `${ENTRANCE}?token=${token}`;
    },
    admit({ method, path, headers }) {
      if (!hosts.has(headers.host ?? '')) return refused(403, 'this host is not served here');
      if (headers.origin !== undefined && !isOwn(headers.origin)) return refused(403, 'another origin');
      if (method === 'POST') {
        if (headers.origin === undefined) return refused(403, 'a POST must say its origin');
        if (headers['content-type'] !== 'application/json') return refused(403, 'a POST must be JSON');
      } else if (method !== 'GET' && method !== 'HEAD') return refused(405, 'GET, HEAD and POST only');
      const url = new URL(path, 'http://dashboard.invalid');
      if (url.pathname === ENTRANCE) {
        const used = links.findIndex(link => isSame(link, url.searchParams.get('token') ?? ''));
        if (used < 0) return refused(403, 'this link has been used, or is not one of ours: ask for another');
        links.splice(used, 1);
        return { kind: 'enter', cookie: `${cookieName}=${session}; Path=/; HttpOnly; SameSite=Strict` };
      }
      if (isSame(session, cookieOf(headers.cookie, cookieName))) return { kind: 'open' };
      return refused(401, 'open the link that the command has printed');
    },
  };
}

function refused(status: 401 | 403 | 405, reason: string): Admission {
  return { kind: 'refused', status, reason };
}

function cookieOf(header: string | undefined, name: string): string {
  for (const part of header?.split(';') ?? []) {
    const [key, value] = part.trim().split('=', 2);
    if (key === name) return value ?? '';
  }
  return '';
}

/** In constant time, so that an answer's delay tells nothing. */
function isSame(secret: string, given: string): boolean {
  const [a, b] = [Buffer.from(secret), Buffer.from(given)];
  return a.length === b.length && timingSafeEqual(a, b);
}
