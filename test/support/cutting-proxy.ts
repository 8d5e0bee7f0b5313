/** A proxy in front of a server on loopback that breaks connections off. */
import { once } from 'node:events';
import type { AddressInfo, Socket } from 'node:net';
import { connect, createServer } from 'node:net';

export interface CuttingProxy {
  readonly port: number;
  /** Breaks the connection off in place of delivering the next answer: the question has reached the server. */
  swallowNextAnswer(): void;
  /** Breaks the connection off after this number of further bytes of questions. */
  cutAfter(bytes: number): void;
  close(): Promise<void>;
}

export async function cuttingProxy(toPort: number): Promise<CuttingProxy> {
  let swallows = false;
  let bytesLeft = Number.POSITIVE_INFINITY;
  const sockets = new Set<Socket>();
  const server = createServer(client => {
    const upstream = connect(toPort, '127.0.0.1');
    const cut = (): void => {
      client.destroy();
      upstream.destroy();
    };
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.setNoDelay();
      socket.on('error', cut);
      socket.on('close', () => {
        cut();
        sockets.delete(socket);
      });
    }
    client.on('data', data => {
      if (data.length < bytesLeft) {
        bytesLeft -= data.length;
        upstream.write(data);
        return;
      }
      const part = data.subarray(0, bytesLeft);
      bytesLeft = Number.POSITIVE_INFINITY;
      upstream.write(part, cut);
    });
    upstream.on('data', data => {
      if (!swallows) {
        client.write(data);
        return;
      }
      swallows = false;
      cut();
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    swallowNextAnswer() {
      swallows = true;
    },
    cutAfter(bytes) {
      bytesLeft = bytes;
    },
    async close() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}
