import { Readable } from 'node:stream';
import { deflateSync, gzipSync } from 'node:zlib';
import { afterEach, describe, expect, test } from 'vitest';
import { readRequest } from '../../src/clients/request-text.ts';
import { closeAll, routed } from '../support/routed.ts';
import { chat } from '../support/scripted-server.ts';

afterEach(closeAll);

const slot = JSON.stringify({ model: 'feature:support', messages: [] });
const other = JSON.stringify({ model: 'gpt-5', messages: [] });
const POST = { method: 'POST', headers: { 'content-type': 'application/json' } } as const;

/** Each form in which `fetch` takes a body. */
const FORMS: readonly (readonly [string, (url: string, body: string) => Parameters<typeof fetch>])[] = [
  ['text', (url, body) => [url, { ...POST, body }]],
  ['a URL object', (url, body) => [new URL(url), { ...POST, body }]],
  ['a Request', (url, body) => [new Request(url, { ...POST, body })]],
  ['a Request and another body', (url, body) => [new Request(url, { ...POST, body: '{}' }), { body }]],
  ['bytes', (url, body) => [url, { ...POST, body: new TextEncoder().encode(body) }]],
  ['a buffer', (url, body) => [url, { ...POST, body: new TextEncoder().encode(body).buffer }]],
  ['a blob', (url, body) => [url, { method: 'POST', body: new Blob([body], { type: 'application/json' }) }]],
  [
    'a stream',
    (url, body) => [url, { ...POST, body: new Blob([body]).stream() as ReadableStream<Uint8Array>, duplex: 'half' }],
  ],
  [
    'an iterable of chunks',
    (url, body) => [
      url,
      {
        ...POST,
        body: Readable.from([Buffer.from(body)]) as unknown as NonNullable<RequestInit['body']>,
        duplex: 'half',
      },
    ],
  ],
];

const COMPRESSED = [
  ['gzip', gzipSync],
  ['x-gzip', gzipSync],
  ['deflate', deflateSync],
] as const;

describe.each(COMPRESSED)('a body that is compressed with %s', (encoding, compress) => {
  const headers = { 'content-type': 'application/json', 'content-encoding': encoding };
  const forms = (body: string): readonly NonNullable<RequestInit['body']>[] => [
    new Uint8Array(compress(body)),
    new Blob([new Uint8Array(compress(body))]).stream() as ReadableStream<Uint8Array>,
  ];

  test('a request is routed where its model names a feature, and sent as text', async () => {
    const it = await routed([chat('hi')]);
    for (const body of forms(slot)) {
      const init = { method: 'POST', headers, body, duplex: 'half' } as const;
      expect((await it.router.fetch(`${it.server.url}/v1/chat/completions`, init)).status).toBe(200);
      const [sent] = it.server.received.slice(-1);
      expect(sent?.body).toEqual({ model: 'mini-1', messages: [] });
      expect(sent?.headers['content-encoding']).toBeUndefined();
    }
    expect(await it.attempts()).toMatchObject([{ status: 'ok' }, { status: 'ok' }]);
  });

  test('a request passes unchanged if its model names no feature', async () => {
    const it = await routed([chat('hi')]);
    for (const body of forms(other)) {
      const init = { method: 'POST', headers, body, duplex: 'half' } as const;
      await it.router.fetch(`${it.server.url}/v1/chat/completions`, init);
      expect(it.server.received.at(-1)?.headers['content-encoding']).toBe(encoding);
    }
    expect(await it.ledger()).toEqual([]);
  });

  test('a request is refused where another API gets a feature as its model', async () => {
    const it = await routed([chat('hi')]);
    for (const body of forms(slot)) {
      const init = { method: 'POST', headers, body, duplex: 'half' } as const;
      const call = it.router.fetch(`${it.server.url}/v1/embeddings`, init);
      await expect(call).rejects.toMatchObject({ code: 'invalid-value', path: 'model' });
    }
    expect(it.server.received).toEqual([]);
  });
});

test.each([
  ['another encoding', 'aes128gcm', '\u0001\u0002'],
  ['an encoding that the body does not have', 'gzip', other],
])('a body that cannot be read passes as it is: %s', async (_, encoding, body) => {
  const it = await routed([chat('hi')]);
  const headers = { 'content-type': 'application/json', 'content-encoding': encoding };
  const init = { method: 'POST', headers, body: new TextEncoder().encode(body) };
  expect((await it.router.fetch(`${it.server.url}/v1/embeddings`, init)).status).toBe(200);
  expect(it.server.received).toMatchObject([{ headers: { 'content-encoding': encoding } }]);
});

describe.each(FORMS)('a body given as %s', (_, form) => {
  test('a request is routed where its model names a feature', async () => {
    const it = await routed([chat('hi')]);
    const response = await it.router.fetch(...form(`${it.server.url}/v1/chat/completions`, slot));
    expect(response.status).toBe(200);
    expect(it.server.received[0]?.body).toEqual({ model: 'mini-1', messages: [] });
    expect(it.server.received[0]?.headers['content-type']).toBe('application/json');
    expect(await it.attempts()).toMatchObject([{ status: 'ok' }]);
  });

  test('a request passes untouched where its model names none', async () => {
    const it = await routed([chat('hi')]);
    const response = await it.router.fetch(...form(`${it.server.url}/v1/chat/completions`, other));
    expect(response.status).toBe(200);
    expect(it.server.received[0]?.body).toEqual({ model: 'gpt-5', messages: [] });
    expect(await it.ledger()).toEqual([]);
  });

  test('a request is refused where another API gets a feature as its model', async () => {
    const it = await routed([chat('hi')]);
    const call = it.router.fetch(...form(`${it.server.url}/v1/embeddings`, slot));
    await expect(call).rejects.toMatchObject({ code: 'invalid-value', path: 'model' });
    expect(it.server.received).toEqual([]);
  });
});

test('bytes without a content type are read for an API that is routed, and sent as JSON', async () => {
  const it = await routed([chat('hi')]);
  const body = new TextEncoder().encode(slot);
  await it.router.fetch(`${it.server.url}/v1/chat/completions`, { method: 'POST', body });
  expect(it.server.models).toEqual(['mini-1']);
  expect(it.server.received[0]?.headers['content-type']).toBe('application/json');
});

describe('a form', () => {
  const formOf = (fields: Readonly<Record<string, string | File>>): RequestInit => {
    const body = new FormData();
    for (const [name, value] of Object.entries(fields)) body.set(name, value);
    return { method: 'POST', body };
  };
  const file = (text: string): File => new File([text], 'x.jsonl');

  test('a form whose model names a feature is refused', async () => {
    const form = formOf({ model: 'feature:support', image: file('x') });
    await expect(readRequest('https://x.example/v1/images/edits', form, false)).rejects.toMatchObject({
      code: 'invalid-value',
    });
  });

  test('a batch file with a feature as a model is refused', async () => {
    const line = `{"custom_id":"1","body":${slot}}\n`;
    const batch = formOf({ purpose: 'batch', file: file(line) });
    await expect(readRequest('https://x.example/v1/files', batch, false)).rejects.toMatchObject({
      code: 'invalid-value',
    });
  });

  test('the first part of an uploaded batch file with a feature as a model is refused', async () => {
    const part = formOf({ data: file(`{"custom_id":"1","body":${slot}}\n`) });
    await expect(readRequest('https://x.example/v1/uploads/u1/parts', part, false)).rejects.toMatchObject({
      code: 'invalid-value',
    });
  });

  test('a field of a form that is JSON is refused with a feature as its model', async () => {
    const session = new File([slot], 'session', { type: 'application/json' });
    await expect(readRequest('https://x.example/v1/realtime/calls', formOf({ session }), false)).rejects.toMatchObject({
      code: 'invalid-value',
    });
  });

  test('a URL-encoded form is checked too', async () => {
    const form = { method: 'POST', body: new URLSearchParams({ model: 'feature:support' }) };
    await expect(readRequest('https://x.example/v1/images', form, false)).rejects.toMatchObject({
      code: 'invalid-value',
    });
  });

  test('every other form passes unread', async () => {
    for (const fields of [
      { purpose: 'batch', file: file(other) },
      { purpose: 'vision', file: file(slot) },
    ])
      expect(await readRequest('https://x.example/v1/files', formOf(fields), false)).toBeUndefined();
  });
});

test('an upload of another type is not read', async () => {
  const body = new Blob([slot], { type: 'audio/wav' });
  expect(await readRequest('https://x.example/v1/audio', { method: 'POST', body }, false)).toBeUndefined();
});
