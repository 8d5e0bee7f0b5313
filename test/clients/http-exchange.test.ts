import type { ServerResponse } from 'node:http';
import { inspect } from 'node:util';
import { afterEach, describe, expect, test } from 'vitest';
import type { Runtime } from '../../src/runtime.ts';
import { testRuntime } from '../../src/testing/test-runtime.ts';
import type { Fetch } from '../../src/clients/http-request.ts';
import type { ResolvedModel } from '../../src/config/resolved.ts';
import type { Answer } from '../support/scripted-server.ts';
import { body, chat, hang, json, reset, status } from '../support/scripted-server.ts';
import { patientAfter } from '../support/patient-time.ts';
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
    const reply = { id: 'x', model: 'm', choices: [{ message: { content: 'a'.repeat(40) } }] };
    const { result } = await exchanged(json(reply));
    expect(result).toMatchObject({ answer: { provenance: 'estimated', usage: { output: 10 } } });
  });

  test.each(['Application/JSON; charset=utf-8', 'text/plain', ''])(
    'a reply is read by its body, whatever its content type: %j',
    async type => {
      const text = JSON.stringify({ id: 'x', choices: [{}], usage: { prompt_tokens: 1_000, completion_tokens: 500 } });
      const { result } = await exchanged(body([text], { type }));
      expect(result).toMatchObject({
        status: 'ok',
        answer: { provenance: 'reported', usage: { input: 1_000, output: 500 } },
      });
      expect(await textOf(result)).toBe(text);
    },
  );

  test.each([
    ['JSON', `{"id":"${'x'.repeat(93)}`, 25],
    ['a page', `<html>${'x'.repeat(94)}`, 0],
    ['no character', '', 0],
  ])(
    'a body that breaks off is charged by what has arrived, whatever its `content-length` says: %s',
    async (_, text, output) => {
      const cut: Answer = (__, response) => {
        response.writeHead(200, { 'content-type': 'application/json', 'content-length': 999_999_999_999 });
        response.write(text, () => response.destroy());
        response.flushHeaders();
      };
      for (const stream of [false, true])
        expect((await exchanged(cut, { stream })).result).toMatchObject({
          status: 'broken',
          answer: { provenance: 'estimated', usage: { output } },
        });
    },
  );
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
    'status %i goes to the caller with its body, and does not count as a fault of the provider',
    async code => {
      const { result } = await exchanged(status(code));
      expect(['rejected-request', 'refused']).toContain(result.status);
      expect(result).toMatchObject({ httpStatus: code, providerRequestId: `req_${code}` });
      expect(result).not.toHaveProperty('retryAfterMs');
      expect(await textOf(result)).toContain(`scripted ${code}`);
    },
  );

  test.each([
    ['is too long', (response: ServerResponse) => void response.write('x'.repeat(70_000))],
    ['does not arrive in time', (response: ServerResponse) => void response.write('{"error":')],
  ])('the body of an error that %s is not waited for, and `discard` closes its connection', async (_, write) => {
    let isClosed = false;
    const endless: Answer = (__, response) => {
      response.on('close', () => (isClosed = true));
      response.writeHead(503);
      write(response);
    };
    const after: Runtime['after'] = (ms, callback) => patientAfter(Math.min(ms, 50), callback);
    const { result } = await exchanged(endless, { runtime: { ...testRuntime(), after } });
    expect(result).toMatchObject({ status: 'provider-fault', httpStatus: 503 });
    if (result.status === 'ok') throw new Error('no fault');
    const first = (await result.reply?.body?.getReader().read())?.value;
    expect(new TextDecoder().decode(first)).toMatch(/^(?:xxx|\{"error":)/);
    result.discard?.();
    await expect.poll(() => isClosed).toBe(true);
  });

  test('an error with a retryable status is a provider fault even if its body breaks off', async () => {
    const cut: Answer = (_, response) => {
      response.writeHead(503, { 'content-length': 400, 'retry-after': '2' });
      response.write('{"error":', () => response.destroy());
    };
    const { result } = await exchanged(cut);
    expect(result).toMatchObject({ status: 'provider-fault', httpStatus: 503, retryAfterMs: 2_000 });
    expect(await textOf(result)).toBe('');
  });

  test('a 400 that names an unsupported parameter makes the request worth resending', async () => {
    const refused = status(400, {}, { code: 'unsupported_parameter', param: 'stream_options' });
    expect((await exchanged(refused, { stream: true })).result).toMatchObject({ isRewritten: true });
  });
});

describe('no reply', () => {
  test('a model whose `headers()` throws counts as a refused account, and nothing is sent', async () => {
    const failure = new Error('no key');
    const model: ResolvedModel = {
      ...mini,
      baseURL: 'http://127.0.0.1:9/v1',
      headers: () => {
        throw failure;
      },
    };
    const { result, server } = await exchanged(chat('hi'), { model });
    const refusal = { about: 'account', code: 'no-key' };
    expect(result).toEqual({ status: 'refused', error: failure, refusal });
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

  test('a connection that breaks after sending keeps the error of fetch, and its input is charged by estimate', async () => {
    const { result } = await exchanged(reset);
    expect(result).toMatchObject({ status: 'connection', error: expect.any(TypeError) as Error });
    expect(result).toMatchObject({ answer: { provenance: 'estimated', usage: { input: 8, output: 0 } } });
  });

  test('a connection that was never made charges nothing', async () => {
    const refused: Fetch = async (_, init) => globalThis.fetch('http://127.0.0.1:2/', init);
    const { result } = await exchanged(hang, { fetch: refused });
    expect(result).toMatchObject({ status: 'connection' });
    expect(result).not.toHaveProperty('answer');
  });

  test.each([
    ['http://127.0.0.1:6000/', 'bad port'],
    ['gopher://127.0.0.1/', 'unknown scheme'],
    ['about:blank', 'about scheme'],
    ['http://user:password@127.0.0.1/', 'includes credentials'],
    [`http://${'a'.repeat(300)}/`, 'getaddrinfo'],
  ])('an address that `fetch` refuses charges nothing: %s', async (url, why) => {
    const { result } = await exchanged(hang, { fetch: async (_, init) => globalThis.fetch(url, init) });
    expect(result).toMatchObject({ status: 'connection' });
    if (result.status === 'ok') throw new Error('no fault');
    expect(inspect(result.error)).toContain(why);
    expect(result).not.toHaveProperty('answer');
  });

  test.each([
    ['the caller', 'aborted'],
    ['a time limit', 'timeout'],
  ] as const)(
    'an exchange stopped by %s has the status %s, and its input is charged by estimate',
    async (who, status_) => {
      const stop = new AbortController();
      const leaving: Fetch = async (url, init) => {
        setImmediate(() => stop.abort());
        return globalThis.fetch(url, init);
      };
      const asked = who === 'the caller' ? { caller: stop.signal } : { limit: stop.signal };
      expect((await exchanged(hang, { ...asked, fetch: leaving })).result).toMatchObject({
        status: status_,
        answer: { provenance: 'estimated', usage: { input: 8, output: 0 } },
      });
    },
  );
});
