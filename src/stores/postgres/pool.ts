/** The connections of a pool that the application owns. */
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
  /** The pool is left open, and not listened to any more. */
  leave(): void;
}

export function clientsOf(pool: ClientPool): PoolClients {
  const ignore = (): void => {};
  // The server may end a connection with its first answer, before the store can listen.
  const connected = (client: unknown): void => void (client as PostgresClient).on('error', ignore);
  pool.on?.('error', ignore);
  pool.on?.('connect', connected);
  return {
    open: async () => pool.connect(),
    leave() {
      pool.off?.('error', ignore);
      pool.off?.('connect', connected);
    },
  };
}
