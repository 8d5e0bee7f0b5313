import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, test } from 'vitest';
import { live } from '../../src/dashboard/live.ts';

test('a reader is told of what is new, by whatever process, and not of what is not', async () => {
  let version = 1;
  let looks = 0;
  const events = live(async () => {
    looks++;
    if (looks === 2) throw new Error('the store is away for a moment');
    return version;
  });
  const server = createServer((_, response) => events.add(response));
  await new Promise<void>(resolve => void server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const response = await fetch(`http://127.0.0.1:${port}/`);
  expect(response.headers.get('content-type')).toBe('text/event-stream');
  const told: string[] = [];
  const decoder = new TextDecoder();
  for await (const part of response.body as unknown as AsyncIterable<Uint8Array>) {
    for (const [, data = ''] of decoder.decode(part, { stream: true }).matchAll(/^data: (.*)$/gm)) {
      told.push(data);
      if (told.length === 1) version = 7;
      // Ending the events ends the response, and so this loop.
      if (told.length === 2) events.close();
    }
  }
  expect(told).toEqual(['1', '7']);
  expect(looks).toBeGreaterThanOrEqual(3);
  await new Promise<void>(resolve => void server.close(() => resolve()));
});
