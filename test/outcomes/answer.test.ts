import { describe, expect, test } from 'vitest';
import { MAX_BODY_BYTES, MAX_ROWS } from '../../src/outcomes/answer.ts';
import { outcomeHandler } from '../../src/outcomes/handler.ts';
import type { Store } from '../../src/contracts/store.ts';
import { memory } from '../../src/stores/memory.ts';
import { posted, routerOfIntents, TOKEN } from './routed-intents.ts';

const { router, newIntent } = routerOfIntents();
const handler = outcomeHandler(router, { token: TOKEN });

/** Status, code and field of the answer, which is JSON that no cache keeps and no other site reads, whatever was sent. */
async function refused(request: Request): Promise<readonly unknown[]> {
  const response = await handler(request);
  const { error } = (await response.json()) as { error: { code: string; message: string; field?: string } };
  expect(response.headers.get('content-type')).toBe('application/json');
  expect(response.headers.get('cache-control')).toBe('no-store');
  expect([...response.headers.keys()].filter(name => name.startsWith('access-control-'))).toEqual([]);
  expect(error.message).not.toBe('');
  return [response.status, error.code, error.field].filter(part => part !== undefined);
}

describe('a request that is not a POST of JSON by a known caller', () => {
  test('any other method is answered with 405 and the allowed method, preflights of other sites included', async () => {
    for (const method of ['GET', 'HEAD', 'PUT', 'DELETE', 'OPTIONS', 'PATCH']) {
      const response = await handler(
        new Request('http://127.0.0.1/', { method, headers: { origin: 'https://a.example' } }),
      );
      expect([method, response.status, response.headers.get('allow')]).toEqual([method, 405, 'POST']);
    }
  });

  test('a caller without the token gets 401, before any of the body is read', async () => {
    expect(await refused(posted('{', { authorization: '' }))).toEqual([401, 'unauthenticated']);
    const response = await handler(posted('{', { authorization: 'Basic eDp5' }));
    expect(response.headers.get('www-authenticate')).toBe('Bearer');
  });

  test.each(['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data', 'application/jsonx', ''])(
    'a body of the type "%s" is answered with 415',
    async type => {
      expect(await refused(posted('{}', { 'content-type': type }))).toEqual([415, 'unsupported-media-type']);
    },
  );

  test('a type with parameters is JSON', async () => {
    const request = posted('{}', { 'content-type': 'Application/JSON; charset=utf-8' });
    expect(await refused(request)).toEqual([400, 'invalid-value', 'feature']);
  });
});

describe('sizes', () => {
  test('a body of the largest size is read, and one more byte is refused', async () => {
    expect(await refused(posted(' '.repeat(MAX_BODY_BYTES)))).toEqual([400, 'malformed']);
    expect(await refused(posted(' '.repeat(MAX_BODY_BYTES + 1)))).toEqual([413, 'too-large']);
  });

  test('a request has a thousand rows at most', async () => {
    const response = await handler(posted(Array.from({ length: MAX_ROWS }, () => 0)));
    expect([response.status, await response.json()]).toMatchObject([207, { recorded: 0, refused: MAX_ROWS }]);
    expect(await refused(posted(Array.from({ length: MAX_ROWS + 1 }, () => 0)))).toEqual([413, 'too-large']);
  });

  test('an empty list is answered with 200, and nothing is recorded', async () => {
    const response = await handler(posted([]));
    expect([response.status, await response.json()]).toEqual([200, { recorded: 0, refused: 0, results: [] }]);
  });
});

describe('bodies', () => {
  test.each([
    ['nothing', ''],
    ['an open brace', '{'],
    ['a word', 'success'],
    ['a control character', '\u0000'],
    ['900,000 open lists', '['.repeat(900_000)],
    ['150,000 open objects', '{"a":'.repeat(150_000)],
    ['quotes of Python', "{'a': 1}"],
  ])('a body that is not JSON is answered with 400: %s', async (_, body) => {
    expect(await refused(posted(body))).toEqual([400, 'malformed']);
  });

  test('a body that is not UTF-8 is refused, since a replaced character would name another intent', async () => {
    const { url, method, headers } = posted('{}');
    const body = new Uint8Array([0x22, 0xff, 0x22]);
    expect(await refused(new Request(url, { method, headers, body }))).toEqual([400, 'malformed']);
  });

  test('a body that breaks off is the client’s mistake', async () => {
    const { url, method, headers } = posted('{}');
    const body = new ReadableStream({ pull: controller => controller.error(new TypeError('terminated')) });
    expect(await refused(new Request(url, { method, headers, body, duplex: 'half' }))).toEqual([400, 'malformed']);
  });

  test('a deeply nested body that is JSON gets an error for its row', async () => {
    const deep = `{"feature": "support.reply", "intentId": ${'['.repeat(100_000)}${']'.repeat(100_000)}, "success": true}`;
    expect(await refused(posted(deep))).toEqual([400, 'invalid-value', 'intentId']);
  });
});

describe('faults', () => {
  test('an error of the application is answered without its text, and handed to onError, which may throw', async () => {
    const errors: unknown[] = [];
    const own = outcomeHandler(router, {
      authorize() {
        throw new Error('the password is 1234');
      },
      onError(error) {
        errors.push(error);
        throw error;
      },
    });
    const response = await own(posted({}));
    expect(response.status).toBe(500);
    expect(await response.text()).not.toContain('1234');
    expect(String(errors)).toContain('1234');
  });

  test('an onError that is async and rejects does not end the process', async () => {
    const unhandled: unknown[] = [];
    const listen = (reason: unknown): void => void unhandled.push(reason);
    process.on('unhandledRejection', listen);
    const rejecting: unknown = async () => Promise.reject(new Error('so is the log'));
    const own = outcomeHandler(router, {
      authorize: async () => Promise.reject(new Error('the database is down')),
      onError: rejecting as () => void,
    });
    expect((await own(posted({}))).status).toBe(500);
    await new Promise(resolve => setImmediate(resolve));
    process.off('unhandledRejection', listen);
    expect(unhandled).toEqual([]);
  });

  test('a meaning of a signal that throws is answered with 500 for its row', async () => {
    const errors: unknown[] = [];
    const own = outcomeHandler(router, { token: TOKEN, onError: error => errors.push(error) });
    const row = { feature: 'support.reply', intentId: await newIntent(), signal: 'stars', value: 'many' };
    const response = await own(posted([row, { ...row, value: 5 }]));
    expect([response.status, await response.json()]).toMatchObject([
      207,
      { results: [{ status: 500, error: { code: 'internal' } }, { status: 200 }] },
    ]);
    expect(errors).toHaveLength(1);
  });

  test('an outcome that no store takes is answered with 503, and can be sent again with its key when the store is back', async () => {
    const store = memory();
    let isDown = false;
    const faulty: Store = {
      ...store,
      commitAll: async changes =>
        isDown ? Promise.reject(new Error('secret-host is down')) : store.commitAll(changes),
    };
    const { router: own, newIntent: make } = routerOfIntents(faulty);
    const row = { feature: 'support.reply', intentId: await make(), success: true, key: 'once' };
    await own.flush();
    isDown = true;
    const storing = outcomeHandler(own, { token: TOKEN });
    const down = await storing(posted(row));
    expect([down.status, down.headers.get('retry-after')]).toEqual([503, '5']);
    expect(await down.text()).not.toContain('secret-host');
    isDown = false;
    const back = await storing(posted(row));
    expect([back.status, await back.json()]).toMatchObject([200, { outcome: { state: 'success' } }]);
    expect((await own.report()).labelled).toBe(1);
  });
});

test('a handler can be made only with a router', () => {
  for (const wrong of [undefined, {}, router.feature('support.reply')])
    expect(() => outcomeHandler(wrong as never, { token: TOKEN })).toThrow('outcomeHandler.router: not a router');
});
