/**
 * Hands each transaction of its clients to another connection of the server, as PgBouncer does in the mode `transaction`: what one
 * transaction leaves on its connection, such as a setting or a prepared statement, the next one may not find.
 */
import { once } from 'node:events';
import type { AddressInfo, Socket } from 'node:net';
import { connect, createServer } from 'node:net';

export interface TransactionPooler {
  readonly port: number;
  /** Ends the connections of clients and server. */
  close(): Promise<void>;
}

interface Upstream {
  readonly socket: Socket;
  /** Whose transaction it runs. */
  client?: Socket | undefined;
}

/**
 * Parts of the protocol: the answers with which the server accepts a password, and states that a client may send a query, and the state of
 * its transaction.
 */
const READY = 'Z';
const IDLE = 'I'.charCodeAt(0);
const WELCOME = Buffer.from([...Buffer.from('R'), 0, 0, 0, 8, 0, 0, 0, 0, ...Buffer.from(READY), 0, 0, 0, 5, IDLE]);

/** Needs a server that asks for no password. `size`: connections to the server. */
export async function transactionPooler(toPort: number, size: number): Promise<TransactionPooler> {
  const sockets = new Set<Socket>();
  const free: Upstream[] = [];
  const waiting: ((upstream: Upstream) => void)[] = [];
  let opened = 0;
  const kept = (socket: Socket): Socket => {
    sockets.add(socket);
    return socket.setNoDelay().on('error', () => socket.destroy());
  };

  const giveBack = (upstream: Upstream): void => {
    upstream.client = undefined;
    const next = waiting.shift();
    if (next === undefined) free.push(upstream);
    else next(upstream);
  };

  /** Takes the connection that has been free for the longest time, and so a different one than before. */
  const take = (startup: Buffer, begin: (upstream: Upstream) => void): void => {
    const upstream = opened < size ? undefined : free.shift();
    if (upstream !== undefined) begin(upstream);
    else if (opened === size) waiting.push(begin);
    else {
      opened++;
      open(startup, begin);
    }
  };

  const open = (startup: Buffer, begin: (upstream: Upstream) => void): void => {
    const upstream: Upstream = { socket: kept(connect(toPort, '127.0.0.1')) };
    upstream.socket.write(startup);
    let isOpen = false;
    const read = messages(5, message => {
      const isReady = message.toString('latin1', 0, 1) === READY;
      if (isOpen) upstream.client?.write(message);
      if (isReady && !isOpen) begin(upstream);
      else if (isReady && message[5] === IDLE) giveBack(upstream);
      isOpen ||= isReady;
    });
    upstream.socket.on('data', read);
  };

  const server = createServer(client => {
    let own: Upstream | undefined;
    let startup: Buffer | undefined;
    let held: Buffer[] | undefined;
    const ask = (message: Buffer): void => {
      if (message.toString('latin1', 0, 1) === 'X') return;
      if (own !== undefined && own.client === client) own.socket.write(message);
      else if (held !== undefined) held.push(message);
      else {
        held = [message];
        take(startup as Buffer, upstream => {
          own = upstream;
          upstream.client = client;
          upstream.socket.write(Buffer.concat(held ?? []));
          held = undefined;
        });
      }
    };
    const readStartup = messages(4, message => {
      startup = message;
      client.write(WELCOME);
    });
    const readQuestions = messages(5, ask);
    kept(client).on('data', data => (startup === undefined ? readStartup(data) : readQuestions(data)));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    async close() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}

/** Cuts what arrives into messages: a header, whose last four bytes are the length of the message without its type. */
function messages(header: 4 | 5, each: (message: Buffer) => void): (data: Buffer) => void {
  let rest = Buffer.alloc(0);
  return data => {
    rest = Buffer.concat([rest, data]);
    for (;;) {
      const length = rest.length < header ? Infinity : rest.readUInt32BE(header - 4) + header - 4;
      if (rest.length < length) return;
      const message = rest.subarray(0, length);
      rest = rest.subarray(length);
      each(message);
    }
  };
}
