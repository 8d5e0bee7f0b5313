import { spawnSync } from 'node:child_process';
import { EventEmitter, once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { live } from '../../src/dashboard/live.ts';

describe('events', () => {
  beforeEach(() => void vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] }));
  afterEach(() => void vi.useRealTimers());

  /** The ledger's version, which the test sets, and the number of polls. */
  function versions() {
    const ledger = { version: 'v1', polls: 0, isDown: false };
    const events = live(async () => {
      ledger.polls++;
      if (ledger.isDown) throw new Error('the store is down');
      return ledger.version;
    });
    return { ledger, events };
  }

  /** The parts of an open response that events use. */
  function reader() {
    const written: string[] = [];
    const response = Object.assign(new EventEmitter(), {
      writeHead: () => response,
      write: (text: string) => written.push(text),
      end: () => written.push('END'),
    });
    return { response: response as unknown as ServerResponse, written, leave: () => response.emit('close') };
  }

  const poll = async (times = 1): Promise<void> => {
    await vi.advanceTimersByTimeAsync(500 * times);
  };
  const event = (version: string): string => `event: ledger\ndata: ${version}\n\n`;

  test('an open page receives one event per new version of the ledger', async () => {
    const { ledger, events } = versions();
    const { response, written } = reader();
    events.add(response);
    await poll(3);
    ledger.version = 'v7';
    await poll(3);
    expect(written).toEqual(['retry: 1000\n\n', event('v1'), event('v7')]);
    events.close();
  });

  test('a page that connects later receives the latest version at once', async () => {
    const { events } = versions();
    const first = reader();
    events.add(first.response);
    await poll();
    const second = reader();
    events.add(second.response);
    expect(second.written).toEqual(['retry: 1000\n\n', event('v1')]);
    events.close();
  });

  test('a failed poll sends no event and ends no stream', async () => {
    const { ledger, events } = versions();
    const { response, written } = reader();
    events.add(response);
    ledger.isDown = true;
    await poll(2);
    expect(written).toEqual(['retry: 1000\n\n']);
    ledger.isDown = false;
    await poll();
    expect(written.at(-1)).toBe(event('v1'));
    events.close();
  });

  test('the version is polled only while a page is connected', async () => {
    const { ledger, events } = versions();
    await poll(3);
    expect(ledger.polls).toBe(0);
    const { response, written, leave } = reader();
    events.add(response);
    await poll(2);
    leave();
    ledger.version = 'v2';
    await poll(3);
    expect(ledger.polls).toBe(2);
    expect(written).not.toContain(event('v2'));
    events.close();
  });

  test('a page that connects after all others have left is not sent their old version', async () => {
    const { ledger, events } = versions();
    const first = reader();
    events.add(first.response);
    await poll();
    first.leave();
    ledger.version = 'v2';
    const { response, written } = reader();
    events.add(response);
    await poll();
    expect(written).toEqual(['retry: 1000\n\n', event('v2')]);
    events.close();
  });

  test('a poll does not start before the previous one has ended', async () => {
    let polls = 0;
    const events = live(async () => new Promise<string>(() => polls++));
    events.add(reader().response);
    await poll(5);
    expect(polls).toBe(1);
    events.close();
  });

  test('an open connection gets a comment every 15 seconds', async () => {
    const { events } = versions();
    const { response, written } = reader();
    events.add(response);
    await poll(29);
    expect(written).not.toContain(': keep-alive\n\n');
    await poll(61);
    expect(written.filter(text => text === ': keep-alive\n\n')).toHaveLength(3);
    events.close();
  });

  test('a client that left before its connection was accepted is not kept', async () => {
    const { ledger, events } = versions();
    const { response, written } = reader();
    events.add(Object.assign(response, { destroyed: true }));
    await poll(2);
    expect([written, ledger.polls]).toEqual([[], 0]);
    events.close();
  });

  test('a client that does not read its events is disconnected', async () => {
    const { events } = versions();
    const { response } = reader();
    let ended = 0;
    // What a full buffer answers.
    events.add(Object.assign(response, { write: () => false, destroy: () => ended++ }));
    await poll();
    expect(ended).toBe(1);
    events.close();
  });

  test('the page beyond the hundredth is refused, until one of them leaves', async () => {
    const { events } = versions();
    const readers = Array.from({ length: 100 }, reader);
    for (const { response } of readers) events.add(response);
    const statuses: number[] = [];
    const late = (): ReturnType<typeof reader> => {
      const added = reader();
      Object.assign(added.response, { req: { headers: {} }, writeHead: (status: number) => statuses.push(status) });
      events.add(added.response);
      return added;
    };
    expect(late().written).toEqual(['END']);
    readers[0]?.leave();
    late();
    expect(statuses).toEqual([503, 200]);
    events.close();
  });

  test('closing ends every event stream and the polling', async () => {
    const { ledger, events } = versions();
    const readers = [reader(), reader()];
    for (const { response } of readers) events.add(response);
    await poll();
    events.close();
    events.add(reader().response);
    await poll(5);
    expect(readers.map(({ written }) => written.at(-1))).toEqual(['END', 'END']);
    expect(ledger.polls).toBe(1);
  });
});

test('polling does not keep a process alive', () => {
  const source = JSON.stringify(new URL('../../src/dashboard/live.ts', import.meta.url).href);
  const script = `const { live } = await import(${source}); live(async () => 1); console.log('ready');`;
  const flags = ['--experimental-strip-types', '--disable-warning=ExperimentalWarning', '--input-type=module'];
  const ran = spawnSync(process.execPath, [...flags, '-e', script], { encoding: 'utf8', timeout: 240_000 });
  expect([ran.status, ran.stdout]).toEqual([0, 'ready\n']);
});

test('events are sent over HTTP with headers that keep proxies from buffering them', async () => {
  const events = live(async () => 'v7');
  const server = createServer((_, response) => events.add(response));
  await new Promise<void>(resolve => void server.listen(0, '127.0.0.1', resolve));
  const response = await fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
  expect(response.headers.get('content-type')).toBe('text/event-stream');
  expect(response.headers.get('x-accel-buffering')).toBe('no');
  const decoder = new TextDecoder();
  let text = '';
  for await (const part of response.body as unknown as AsyncIterable<Uint8Array>) {
    text += decoder.decode(part, { stream: true });
    // Ending the events ends the response, and so this loop.
    if (text.includes('data: v7')) events.close();
  }
  expect(text).toBe('retry: 1000\n\nevent: ledger\ndata: v7\n\n');
  server.close();
  await once(server, 'close');
});
