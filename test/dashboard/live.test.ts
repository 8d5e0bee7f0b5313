import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, test } from 'vitest';
import { live } from '../../src/dashboard/live.ts';

test('a reader receives one event per new version, and a failed poll ends nothing', async () => {
  let version = 1;
  let polls = 0;
  const events = live(async () => {
    polls++;
    if (polls === 2) throw new Error('the store is down');
    return version;
  });
  const server = createServer((_, response) => events.add(response));
  await new Promise<void>(resolve => void server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const response = await fetch(`http://127.0.0.1:${port}/`);
  expect(response.headers.get('content-type')).toBe('text/event-stream');
  const received: string[] = [];
  const decoder = new TextDecoder();
  for await (const part of response.body as unknown as AsyncIterable<Uint8Array>) {
    for (const [, data = ''] of decoder.decode(part, { stream: true }).matchAll(/^data: (.*)$/gm)) {
      received.push(data);
      if (received.length === 1) version = 7;
      // Ending the events ends the response, and so this loop.
      if (received.length === 2) events.close();
    }
  }
  expect(received).toEqual(['1', '7']);
  expect(polls).toBeGreaterThanOrEqual(3);
  await new Promise<void>(resolve => void server.close(() => resolve()));
});
