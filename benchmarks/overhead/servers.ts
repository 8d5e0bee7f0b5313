/** Servers on loopback in processes of their own, so that their time is not the caller's: one that answers as a provider, one that takes everything. */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { modelAsked, REPLIES } from '../stubbed-client.ts';

export interface OwnProcess {
  readonly url: string;
  stop(): void;
}

/** @param kind `provider` answers each request as the model that it asks for; `sink` answers as a collector of traces does */
export async function serve(kind: 'provider' | 'sink'): Promise<OwnProcess> {
  const child = fork(fileURLToPath(import.meta.url), [kind], { execArgv: [] });
  const [port] = (await once(child, 'message')) as [number];
  return { url: `http://127.0.0.1:${port}`, stop: () => child.kill() };
}

/** The answers of a collector of traces: braintrust's client logs in first, and asks where to send. */
function accepted(host = ''): string {
  const url = `http://${host}`;
  const named = { id: 'bench', name: 'bench' };
  return JSON.stringify({
    status: 1,
    row_ids: [],
    project: named,
    org_info: [{ ...named, api_url: url, proxy_url: url }],
  });
}

if (import.meta.main) {
  const server = createServer((request, response) => {
    let body = '';
    request.setEncoding('utf8').on('data', (part: string) => (body += part));
    request.on('end', () => {
      response.setHeader('content-type', 'application/json');
      response.setHeader('x-request-id', 'req_bench');
      response.end(process.argv[2] === 'provider' ? REPLIES[modelAsked({ body })] : accepted(request.headers.host));
    });
  });
  server.keepAliveTimeout = 60_000;
  server.listen(0, '127.0.0.1', () => process.send?.((server.address() as AddressInfo).port));
  process.once('disconnect', () => process.exit());
}
