import { afterEach, describe, expect, test, vi } from 'vitest';
import type { Fetch } from '../../src/clients/http-request.ts';
import type { ResolvedModel } from '../../src/config/resolved.ts';
import type { Answer } from '../support/scripted-server.ts';
import { chat, hang, json, reset, status } from '../support/scripted-server.ts';
import { closeServers, exchanged, mini, textOf } from './exchanged.ts';

afterEach(closeServers);

describe('a plain reply', () => {
  test('a plain reply gives usage, text, finish, and the provider’s request id', async () => {
    const { result, server } = await exchanged(chat('hi'));
    expect(result).toMatchObject({
      status: 'ok',
      httpStatus: 200,
      answer: {
        usage: { input: 100, output: 10 },
        provenance: 'reported',
        finish: 'stop',
        text: 'hi',
        model: 'mini-1',
      },
    });
    expect(result.providerRequestId).toMatch(/^req_chatcmpl/);
    expect(server.received[0]?.body).toEqual({ model: 'mini-1', messages: [] });
  });

  test('the usage of a reply that reports none is estimated from its characters', async () => {
    const body = { id: 'x', model: 'm', choices: [{ message: { content: 'a'.repeat(40) } }] };
    const { result } = await exchanged(json(body));
    expect(result).toMatchObject({ answer: { provenance: 'estimated', usage: { output: 10 } } });
  });

  test('JSON of an unknown shape is a broken reply that the caller can still read', async () => {
    const { result } = await exchanged(json({ hello: 'world' }));
    expect(result).toMatchObject({ status: 'broken', answer: { provenance: 'estimated', finish: 'other', text: '' } });
    expect(await textOf(result)).toBe('{"hello":"world"}');
  });

  test('a JSON content type with an invalid body is a broken reply that the caller can still read', async () => {
    const broken: Answer = (_, response) =>
      void response.writeHead(200, { 'content-type': 'application/json' }).end('{"id":');
    const { result } = await exchanged(broken);
    expect(result).toMatchObject({ status: 'broken', answer: { provenance: 'estimated', usage: { output: 2 } } });
    expect(await textOf(result)).toBe('{"id":');
  });

  test('an HTML page with status 200 is passed through and costs nothing', async () => {
    const page: Answer = (_, response) => void response.writeHead(200, { 'content-type': 'text/html' }).end('<p>');
    expect((await exchanged(page)).result).toMatchObject({ status: 'ok', answer: { provenance: 'none', usage: {} } });
  });

  test('a body that breaks off is charged by its `content-length`', async () => {
    const cut: Answer = (_, response) => {
      response.writeHead(200, { 'content-type': 'application/json', 'content-length': 400 });
      response.write('{"id":', () => response.destroy());
    };
    expect((await exchanged(cut)).result).toMatchObject({
      status: 'broken',
      answer: { provenance: 'estimated', usage: { output: 100 } },
    });
  });
});

describe('an error status', () => {
  test.each([408, 409, 429, 500, 502, 503, 529])(
    'status %i is a provider fault with the wait from `retry-after`',
    async code => {
      const { result } = await exchanged(status(code, { 'retry-after': '2' }));
      expect(result).toMatchObject({ status: 'provider-fault', httpStatus: code, retryAfterMs: 2_000 });
      expect(await textOf(result)).toContain(`scripted ${code}`);
    },
  );

  test.each([400, 401, 403, 404, 413, 422])(
    'status %i rejects the request, and its body goes to the caller',
    async code => {
      const { result } = await exchanged(status(code));
      expect(result).toMatchObject({ status: 'rejected-request', httpStatus: code, providerRequestId: `req_${code}` });
      expect(await textOf(result)).toContain(`scripted ${code}`);
    },
  );

  test('`discard` closes the connection of an error reply that will not be read', async () => {
    let isClosed = false;
    const endless: Answer = (_, response) => {
      response.on('close', () => (isClosed = true));
      response.writeHead(503);
      response.write('x'.repeat(100));
    };
    const { result } = await exchanged(endless);
    if (result.status === 'ok') throw new Error('no fault');
    result.discard?.();
    await vi.waitFor(() => expect(isClosed).toBe(true));
  });

  test('a 400 that names an unsupported parameter makes the request worth resending', async () => {
    const refused = status(400, {}, { code: 'unsupported_parameter', param: 'temperature' });
    expect((await exchanged(refused)).result).toMatchObject({ isRewritten: true });
  });
});

describe('no reply', () => {
  test('a request to a model whose `headers()` throws is rejected, and nothing is sent', async () => {
    const failure = new Error('no key');
    const model: ResolvedModel = {
      ...mini,
      baseURL: 'http://127.0.0.1:9/v1',
      headers: () => {
        throw failure;
      },
    };
    const { result, server } = await exchanged(chat('hi'), { model });
    expect(result).toEqual({ status: 'rejected-request', error: failure });
    expect(server.received).toEqual([]);
  });

  test('a 400 whose body breaks off is a failed connection with the provider’s request id', async () => {
    const cut: Answer = (_, response) => {
      response.writeHead(400, { 'content-length': 400, 'x-request-id': 'req_cut' });
      response.write('{"error":', () => response.destroy());
    };
    const { result } = await exchanged(cut);
    expect(result).toMatchObject({ status: 'connection', httpStatus: 400, providerRequestId: 'req_cut' });
  });

  test('a broken connection keeps the error of fetch and charges nothing', async () => {
    const { result } = await exchanged(reset);
    expect(result).toMatchObject({ status: 'connection', error: expect.any(TypeError) as Error });
    expect(result).not.toHaveProperty('answer');
  });

  test.each([
    ['the caller', 'aborted'],
    ['a time limit', 'timeout'],
  ] as const)('an exchange stopped by %s has the status %s', async (who, status_) => {
    const stop = new AbortController();
    const leaving: Fetch = async (url, init) => {
      setImmediate(() => stop.abort());
      return globalThis.fetch(url, init);
    };
    const asked = who === 'the caller' ? { caller: stop.signal } : { limit: stop.signal };
    expect((await exchanged(hang, { ...asked, fetch: leaving })).result.status).toBe(status_);
  });
});
