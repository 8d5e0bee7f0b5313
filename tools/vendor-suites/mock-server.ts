/** Replaces the server that the vendors generate from their API descriptions: every path answers `{}`, the unknown one 404. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

export async function setup(): Promise<() => void> {
  const server = createServer((request, response) => {
    request.resume().on('end', () => {
      response.writeHead(request.url?.includes('_stainless_unknown_path') === true ? 404 : 200, {
        'content-type': 'application/json',
      });
      response.end('{}');
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  process.env['TEST_API_BASE_URL'] = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return () => {
    server.closeAllConnections();
    server.close();
  };
}
