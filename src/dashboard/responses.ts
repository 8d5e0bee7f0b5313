/** Headers of every dashboard response: they forbid everything except the page itself. */
import type { ServerResponse } from 'node:http';
import { sendsBody } from '../request-bytes.ts';

/** Nothing is loaded from elsewhere, no inline script runs, no other page may frame this one, and no cache keeps it. */
const HEADERS: Readonly<Record<string, string>> = {
  'content-security-policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; " +
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'permissions-policy': 'camera=(), microphone=(), geolocation=()',
  'cache-control': 'no-store',
};

export function setSecurityHeaders(response: ServerResponse): void {
  for (const [name, value] of Object.entries(HEADERS)) response.setHeader(name, value);
}

/** Answers with one line of text: the reason, and nothing of the ledger. */
export function refuse(response: ServerResponse, status: number, reason: string): void {
  reply(response, status, { type: 'text/plain; charset=utf-8', body: `${reason}\n` });
}

/** Answers, and ends the connection if the client still sends a body: Node would read all of it, however long it is. */
export function reply(
  response: ServerResponse,
  status: number,
  { type, body }: { readonly type: string; readonly body: string | Buffer },
): void {
  if (sendsBody(response.req)) response.setHeader('connection', 'close');
  response.writeHead(status, { 'content-type': type });
  response.end(body);
}
