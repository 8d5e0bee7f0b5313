/** Bounds the connections of the local dashboard: any program and any web page of this machine may open some. */
import type { Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

export interface Connections {
  /** False, and the connection has ended, if the client did not wait for the reply to its request before this one. */
  begin(response: ServerResponse): boolean;
  /** The client has the cookie, so the connection is not ended in favour of others. */
  trust(socket: Socket): void;
}

/** Connections that have not shown the cookie. A new one beyond them ends the oldest: they cannot lock the user out. */
const MAX_STRANGERS = 100;
/** All connections; those of the user's own pages have the rest. A browser opens six per server. */
const MAX_CONNECTIONS = 300;
/** A connection without traffic is ended after this time. Event streams have some every 15 s; a report may take a while. */
const MAX_SILENCE_MS = 120_000;

/** Bounds the number and the silence of a server's connections, and the requests that each has in progress: one. */
export function limitConnections(server: Server): Connections {
  const strangers = new Set<Socket>();
  const latest = new WeakMap<Socket, ServerResponse>();
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
  return {
    begin(response) {
      const { socket } = response.req;
      // Browsers do not pipeline. A client that does could make this process compute reports that it never reads.
      if (latest.get(socket)?.writableFinished === false) {
        socket.destroy();
        return false;
      }
      latest.set(socket, response);
      return true;
    },
    trust: socket => void strangers.delete(socket),
  };
}
