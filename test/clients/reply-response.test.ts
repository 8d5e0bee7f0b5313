import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { withStream, withText } from '../../src/clients/reply-response.ts';
import type { ScriptedServer } from '../support/scripted-server.ts';
import { scriptedServer } from '../support/scripted-server.ts';

const TEXT = '{"greeting":"héllo"}';
let server: ScriptedServer;
beforeAll(async () => {
  server = await scriptedServer([
    (_, response) => void response.writeHead(201, { 'content-type': 'application/json', 'x-own': 'yes' }).end(TEXT),
  ]);
});
afterAll(async () => server.close());

const request = async (): Promise<Response> => fetch(`${server.url}/v1/x`, { method: 'POST', body: '{"model":"m"}' });

/** The provider's response after its text was read, and with its stream observed. */
const KINDS = [
  [
    'read',
    async () => {
      const response = await request();
      return withText(response, await response.text());
    },
  ],
  [
    'streamed',
    async () => {
      const response = await request();
      return withStream(response, (response.body as ReadableStream<Uint8Array>).pipeThrough(new TransformStream()));
    },
  ],
] as const;

const WAYS: Readonly<Record<string, (response: Response) => Promise<unknown>>> = {
  text: async response => response.text(),
  json: async response => response.json(),
  arrayBuffer: async response => [...new Uint8Array(await response.arrayBuffer())],
  bytes: async response => [...(await (response as Response & { bytes(): Promise<Uint8Array> }).bytes())],
  blob: async response => {
    const blob = await response.blob();
    return [blob.type, await blob.text()];
  },
  body: async response => new Response(response.body).text(),
  iterated: async response =>
    Buffer.concat(await Array.fromAsync(response.body as AsyncIterable<Uint8Array>)).toString(),
  cloned: async response => {
    const clone = response.clone();
    return [await clone.text(), await response.text(), clone.status, clone.url, clone.headers.get('x-own')];
  },
  'cloned twice': async response => {
    const clone = response.clone().clone();
    return [await clone.json(), await response.json()];
  },
};

describe.each(KINDS)('a reply that was %s', (_, make) => {
  test.each(Object.keys(WAYS))('reading by %s gives the same result as with the original response', async way => {
    const read = WAYS[way] as (response: Response) => Promise<unknown>;
    const ours = await make();
    expect(await read(ours)).toEqual(await read(await request()));
    expect(ours.bodyUsed).toBe(true);
  });

  test('the response keeps its status, headers, URL and class', async () => {
    const response = await make();
    expect(response).toBeInstanceOf(Response);
    expect([response.status, response.statusText, response.ok, response.type]).toEqual([201, 'Created', true, 'basic']);
    expect(response.url).toBe(`${server.url}/v1/x`);
    expect(response.headers.get('x-own')).toBe('yes');
    expect(Object.prototype.toString.call(response)).toBe('[object Response]');
  });

  test('`bodyUsed` is true only after the body is read, and the body can be read only once', async () => {
    const response = await make();
    expect(response.bodyUsed).toBe(false);
    expect(response.body).toBeInstanceOf(ReadableStream);
    expect(response.bodyUsed).toBe(false);
    const reading = response.text();
    expect(response.bodyUsed).toBe(true);
    await reading;
    await expect(response.text()).rejects.toThrow(TypeError);
    await expect(response.json()).rejects.toThrow(TypeError);
    await expect(response.arrayBuffer()).rejects.toThrow(TypeError);
    expect(() => response.clone()).toThrow(TypeError);
  });

  test('the body cannot be read while a reader holds it', async () => {
    const response = await make();
    const reader = (response.body as ReadableStream<Uint8Array>).getReader();
    await expect(response.text()).rejects.toThrow(TypeError);
    expect(() => response.clone()).toThrow(TypeError);
    await reader.cancel();
  });

  test('an unread body can be cancelled', async () => {
    const response = await make();
    await response.body?.cancel();
    expect(response.bodyUsed).toBe(true);
  });
});

test('the body does not keep a text that was read', async () => {
  const provided = await request();
  const response = withText(provided, await provided.text());
  expect(await response.json()).toEqual(JSON.parse(TEXT));
  expect(await Array.fromAsync(response.body as AsyncIterable<Uint8Array>)).toEqual([]);
  expect(response.bodyUsed).toBe(true);
});

test('a form body is read as form data', async () => {
  const response = new Response('a=1&b=2', { headers: { 'content-type': 'application/x-www-form-urlencoded' } });
  const form = await withText(response, await response.text()).formData();
  expect([...form.entries()]).toEqual([
    ['a', '1'],
    ['b', '2'],
  ]);
});

test('a response of another class keeps its class', () => {
  class OwnResponse extends Response {
    readonly own = 'yes';
  }
  const response = withText(new OwnResponse('x'), 'x');
  expect(response).toBeInstanceOf(OwnResponse);
  expect((response as OwnResponse).own).toBe('yes');
});

test('invalid JSON fails with a SyntaxError, as JSON.parse does', async () => {
  await expect(withText(new Response('<p>'), '<p>').json()).rejects.toThrow(SyntaxError);
});
