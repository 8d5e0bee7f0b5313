/** Access control of the local dashboard: only a browser that has opened a printed link gets in. */
import { randomBytes, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { splitUrl } from './request-target.ts';

export interface GateRequest {
  /** Path and query, as in the request line. */
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
}

/**
 * `admitted`: the cookie is valid. `enter`: the link is valid, so set the cookie. `refused`: send the reason and nothing else.
 */
export type Admission =
  | { readonly kind: 'admitted' }
  | { readonly kind: 'enter'; readonly cookie: string }
  | { readonly kind: 'refused'; readonly status: 401 | 403; readonly reason: string };

export interface Gate {
  /** Path and query of a new link. It works once. */
  newLink(): string;
  admit(request: GateRequest): Admission;
}

const ENTRANCE = '/enter';
/** This text does not name the ledger, because every user of this machine can open the page that shows it. */
const ANOTHER = 'for another, press Enter where `outcome-router dashboard` runs, or start it again';
/** Unused links that still work; a new link beyond this number invalidates the oldest. More: printed links accumulate. */
const MAX_UNUSED_LINKS = 8;
/** Length of a token and of the cookie's value, in random bytes. */
const SECRET_BYTES = 32;

/**
 * Checks every request in this order: `Host`, so that a name that was pointed at this machine (DNS rebinding) gets nothing;
 * `Origin`, so that a page of another origin gets nothing; then the cookie, which a browser gets in exchange for a one-time
 * token.
 *
 * @param port the port it listens on; the cookie's name contains it, because cookies do not distinguish ports
 */
export function gate(port: number, random: (bytes: number) => Buffer = randomBytes): Gate {
  const hosts = new Set(['127.0.0.1', 'localhost', '[::1]'].map(name => `${name}:${port}`));
  const origins = new Set([...hosts].map(host => `http://${host}`));
  const session = random(SECRET_BYTES).toString('base64url');
  const cookieName = `outcome_router_${port}`;
  const links: string[] = [];

  return {
    newLink() {
      const token = random(SECRET_BYTES).toString('base64url');
      links.push(token);
      if (links.length > MAX_UNUSED_LINKS) links.shift();
      return `${ENTRANCE}?token=${token}`;
    },
    admit({ url, headers }) {
      if (!hosts.has(headers.host ?? '')) return refused(403, 'this host is not served here');
      if (headers.origin !== undefined && !origins.has(headers.origin))
        return refused(403, 'requests of another origin are refused');
      const { path, search } = splitUrl(url);
      if (path === ENTRANCE) {
        const token = new URLSearchParams(search).get('token') ?? '';
        const used = links.findIndex(link => isSame(link, token));
        if (used < 0)
          return refused(403, `this link works once, and it was used before or never given out: ${ANOTHER}`);
        links.splice(used, 1);
        return { kind: 'enter', cookie: `${cookieName}=${session}; Path=/; HttpOnly; SameSite=Strict` };
      }
      if (isSame(session, cookieOf(headers.cookie, cookieName))) return { kind: 'admitted' };
      return refused(401, `open the link that the command has printed; ${ANOTHER}`);
    },
  };
}

function refused(status: 401 | 403, reason: string): Admission {
  return { kind: 'refused', status, reason };
}

function cookieOf(header: string | undefined, name: string): string {
  for (const part of header?.split(';') ?? []) {
    const [key, value] = part.trim().split('=', 2);
    if (key === name) return value ?? '';
  }
  return '';
}

/** Compares in constant time, so that the response time reveals nothing about the secret. */
function isSame(secret: string, given: string): boolean {
  const [a, b] = [Buffer.from(secret), Buffer.from(given)];
  return a.length === b.length && timingSafeEqual(a, b);
}
