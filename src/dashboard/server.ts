/** The dashboard for the browser of this machine: it listens on the loopback address and creates its own links. */
import { createServer } from 'node:http';
import { userInfo } from 'node:os';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { limitConnections } from './connections.ts';
import { gate } from './gate.ts';
import type { DashboardHandlerOptions } from './handler.ts';
import { handlerOn } from './handler.ts';
import { ledgerView } from './ledger-view.ts';
import { checkServerOptions } from './options.ts';
import { askedPeriod } from './period-query.ts';
import { refuse, setSecurityHeaders } from './responses.ts';

export interface DashboardOptions
  extends Pick<
    DashboardHandlerOptions,
    'store' | 'router' | 'link' | 'traceLink' | 'textOf' | 'reconciliation' | 'site'
  > {
  /** Default 0: any free port. */
  readonly port?: number;
  /** The command that starts this dashboard: a page that has lost its server shows it. */
  readonly command?: string;
}

/** A browser on the same machine sends its headers and the small body at once. */
const TIMEOUTS = { headersTimeout: 5_000, requestTimeout: 10_000, connectionsCheckingInterval: 1_000 } as const;

export interface Dashboard {
  readonly port: number;
  /** A new link to open in a browser. It works once. */
  newLink(): string;
  /** Stops listening and ends every open connection; the store stays open. */
  close(): Promise<void>;
}

/**
 * Serves the dashboard on the loopback address only. Its links admit one browser each; to mount it behind the
 * authentication of an application, see {@link dashboardHandler}.
 *
 * @throws RouterError `invalid-data` if the page was not built, `invalid-value` for a wrong option; rejects with Node's error for a port in use
 *
 * @example
 * ```ts
 * const dashboard = await startDashboard({ store: sqlite('router.db') });
 * console.log(dashboard.newLink());
 * ```
 */
export async function startDashboard(given: DashboardOptions): Promise<Dashboard> {
  checkServerOptions(given);
  const { port: wantedPort = 0, ...options } = given;
  const { store, router } = options;
  const view = ledgerView({ store, router, nowMs: Date.now, elapsedMs: () => performance.now() });
  // The gate has admitted the user of this machine, who could set the same controls with the commands.
  const handler = handlerOn(view, { ...options, authorize: () => 'control', userOf: () => userInfo().username });
  const server = createServer(TIMEOUTS);
  const trust = limitConnections(server);
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(wantedPort, '127.0.0.1', resolve);
  });
  // Node reports here that it could not accept a connection, for lack of file descriptors: the next one may succeed.
  server.on('error', () => undefined);
  const { port } = server.address() as AddressInfo;
  const guard = gate(port);

  server.on('request', (request: IncomingMessage, response: ServerResponse) => {
    // Node still delivers data that a client sent before its connection was ended.
    if (request.socket.destroyed) return;
    const admission = guard.admit({ url: request.url ?? '/', headers: request.headers });
    if (admission.kind === 'admitted') {
      trust(request.socket);
      void handler(request, response);
      return;
    }
    setSecurityHeaders(response);
    if (admission.kind === 'enter') {
      response.writeHead(303, { location: '/', 'set-cookie': admission.cookie });
      response.end();
      return;
    }
    refuse(response, admission.status, admission.reason);
  });

  // Starts to compute the report now, so that the first page loads at once.
  view.overview(askedPeriod(new URLSearchParams())).catch(() => undefined);
  return {
    port,
    newLink: () => `http://127.0.0.1:${port}${guard.newLink()}`,
    async close() {
      handler.close();
      const closed = new Promise<void>(resolve => server.close(() => resolve()));
      server.closeAllConnections();
      await closed;
    },
  };
}
