/** The connections of a pool that the application owns. */
import { RouterError } from '../../errors.ts';
import type { PostgresClient } from './connection.ts';

/** What the store uses of a pool. */
export interface ClientPool {
  connect(): Promise<PostgresClient>;
  /** The store listens, so that an idle connection that ends does not end the process. */
  on?(event: 'error' | 'connect', listener: (subject: unknown) => void): unknown;
  off?(event: 'error' | 'connect', listener: (subject: unknown) => void): unknown;
}

export interface PoolClients {
  open(): Promise<PostgresClient>;
  /** Leaves the pool open and removes the listeners from it. */
  leave(): void;
}

export interface PoolLimits {
  /** Longest time to wait for a client: a pool of `pg` has no limit of its own unless the application sets one. */
  readonly timeoutMs: number;
  /** Calls back once after `ms`, unless the function it returns is called before. */
  readonly after: (ms: number, callback: () => void) => () => void;
}

export function clientsOf(pool: ClientPool, { timeoutMs, after }: PoolLimits): PoolClients {
  const ignore = (): void => {};
  // The server may end a connection with its first answer, before the store listens.
  const connected = (client: unknown): void => void (client as PostgresClient).on('error', ignore);
  pool.on?.('error', ignore);
  pool.on?.('connect', connected);
  return {
    async open() {
      const { promise, resolve, reject } = Promise.withResolvers<PostgresClient>();
      let isLate = false;
      const cancel = after(timeoutMs, () => {
        isLate = true;
        reject(noClient(timeoutMs));
      });
      // A pool cannot be told that a requested client is no longer wanted.
      pool
        .connect()
        .then(client => (isLate ? client.release?.() : resolve(client)), reject)
        .finally(cancel);
      return promise;
    },
    leave() {
      pool.off?.('error', ignore);
      pool.off?.('connect', connected);
    },
  };
}

function noClient(timeoutMs: number): RouterError {
  return new RouterError('store-unusable', `the pool has given no connection within ${timeoutMs} ms`, {
    path: 'postgres',
    accepted:
      'a server that answers, a pool with more connections than the application keeps busy, and its `connectionTimeoutMillis`: ' +
      'without it, the pool keeps connections that a hung server never finished',
  });
}
