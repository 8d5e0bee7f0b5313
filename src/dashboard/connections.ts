/** Limits for clients: the connections of the local dashboard, and the requests of one connection. */
import type { Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

/**
 * Maximum number of connections that have not shown the cookie. A further one ends the oldest, so that strangers cannot lock the user out.
 */
const MAX_STRANGERS = 100;
/**
 * Limit on all connections; those that strangers do not use are left for the user's own pages. A browser opens six per server.
 */
const MAX_CONNECTIONS = 300;
/**
 * A connection without traffic is closed after this time. Event streams have some traffic every 15 s; a report may take a while.
 */
const MAX_SILENCE_MS = 120_000;

/**
 * Limits the number and the idle time of a server's connections: any program and any web page on this machine may open some.
 *
 * @returns marks a connection whose client has the cookie: it is not closed in favor of others
 */
export function limitConnections(server: Server): (trusted: Socket) => void {
  const strangers = new Set<Socket>();
  server.maxConnections = MAX_CONNECTIONS;
  server.timeout = MAX_SILENCE_MS;
  server.on('connection', socket => {
    strangers.add(socket);
    socket.once('close', () => strangers.delete(socket));
    const [oldest] = strangers;
    if (strangers.size <= MAX_STRANGERS || oldest === undefined) return;
    strangers.delete(oldest);
    oldest.destroy();
  });
  return trusted => void strangers.delete(trusted);
}

/**
 * Ends a connection whose client does not wait for the reply to its request before it sends the next one. No browser and no
 * proxy does, and a client that did could make this process compute thousands of reports that it never reads.
 *
 * @returns whether the request may be answered
 */
export function oneRequestAtATime(): (response: ServerResponse) => boolean {
  const latest = new WeakMap<Socket, ServerResponse>();
  return response => {
    const { socket, httpVersionMajor } = response.req;
    // HTTP/2 requests on a connection are concurrent, and HTTP/2 limits them itself.
    if (httpVersionMajor > 1) return true;
    // Not `writableFinished`: over TLS a client may have the reply before Node knows that it was sent.
    if (latest.get(socket)?.writableEnded === false) {
      socket.destroy();
      return false;
    }
    latest.set(socket, response);
    return true;
  };
}
