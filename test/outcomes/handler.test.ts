/** The handlers as servers call them: with a `Request`, and over real HTTP. */
import type { RequestListener } from 'node:http';
import { createServer, request as nodeRequest } from 'node:http';
import type { AddressInfo } from 'node:net';
import express from 'express';
import { afterEach, describe, expect, test } from 'vitest';
import { nodeOutcomeHandler, outcomeHandler } from '../../src/outcomes/handler.ts';
import { posted, routerOfIntents, TOKEN } from './routed-intents.ts';

const running: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of running.splice(0)) await close();
});

async function listen(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  await new Promise<void>(resolve => void server.listen(0, '127.0.0.1', resolve));
  running.push(async () => {
    const closed = new Promise<void>(resolve => void server.close(() => resolve()));
    server.closeAllConnections();
    await closed;
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/outcomes`;
}

describe('a handler of web requests', () => {
  const { router, newIntent, newSession } = routerOfIntents();
  const handler = outcomeHandler(router, { token: TOKEN });
  const answer = async (request: Request): Promise<readonly [number, unknown]> => {
    const response = await handler(request);
    return [response.status, await response.json()];
  };

  test('one outcome is recorded, and answered with the resulting state of the intent', async () => {
    const intentId = await newIntent();
    const failure = { feature: 'support.reply', intentId, success: false, escalated: true, costUsd: 22.5, key: 't-1' };
    const recorded = { outcome: { state: 'failure', source: 'explicit', escalated: true, costUsd: 22.5 } };
    expect(await answer(posted(failure))).toEqual([200, recorded]);
    expect(await answer(posted({ ...failure, success: true, escalated: undefined, costUsd: undefined }))).toEqual([
      200,
      recorded,
    ]);
    const report = await router.report();
    expect(report.features.find(({ feature }) => feature === 'support.reply')).toMatchObject({ failures: 1 });
  });

  test('a session is named where the feature counts sessions, and refused elsewhere', async () => {
    await newSession('chat 7');
    expect(await answer(posted({ feature: 'chat.help', session: 'chat 7', success: true }))).toEqual([
      200,
      { outcome: { state: 'success', source: 'explicit', escalated: false } },
    ]);
    for (const row of [
      { feature: 'chat.help', session: 'chat 8', success: true },
      { feature: 'support.reply', session: 'chat 7', success: true },
    ]) {
      const [status, body] = await answer(posted(row));
      expect([status, body]).toMatchObject([row.feature === 'chat.help' ? 404 : 409, { error: {} }]);
    }
  });

  test('a list of outcomes is answered row by row, and wrong rows do not prevent others from being recorded', async () => {
    const [first, second] = [await newIntent(), await newIntent('sales.mail')];
    const rows = [
      { feature: 'support.reply', intentId: first, success: true },
      { feature: 'support.reply', intentId: 'unknown', success: true },
      { feature: 'support.reply', intentId: second, success: true },
      { feature: 'sales.mail', intentId: second, success: 'yes' },
      { feature: 'sales.mail', intentId: second, success: true },
      { feature: 'sales.mial', intentId: second, success: true },
    ];
    const [status, body] = await answer(posted(rows));
    expect(status).toBe(207);
    expect(body).toMatchObject({
      recorded: 2,
      refused: 4,
      results: [
        { status: 200 },
        { status: 404, error: { code: 'unknown-intent', field: 'intentId' } },
        { status: 409, error: { code: 'intent-of-another-feature' } },
        { status: 400, error: { code: 'invalid-value', field: 'success', accepted: 'true or false' } },
        { status: 200 },
        { status: 404, error: { code: 'unknown-feature', accepted: ['support.reply', 'sales.mail', 'chat.help'] } },
      ],
    });
    expect(JSON.stringify(body)).toContain('did you mean \\"sales.mail\\"?');
  });

  test('rows of one intent are recorded in their order', async () => {
    const intentId = await newIntent();
    const rows = [true, false, true, null, false].map(success => ({ feature: 'support.reply', intentId, success }));
    const [status, body] = await answer(posted(rows));
    expect([
      status,
      (body as { results: { outcome: { state: string } }[] }).results.map(each => each.outcome.state),
    ]).toEqual([200, ['success', 'failure', 'success', 'pending', 'failure']]);
  });

  test('a body that the application has read already is answered with 500, and `onError` gets the reason', async () => {
    const errors: unknown[] = [];
    const own = outcomeHandler(router, { token: TOKEN, onError: error => errors.push(error) });
    const request = posted({});
    await request.text();
    expect((await own(request)).status).toBe(500);
    expect(String(errors)).toContain('the body was read before the handler');
  });

  test('the authorize function may read a copy of the body, as the check of a webhook’s signature does', async () => {
    const intentId = await newIntent();
    const own = outcomeHandler(router, {
      authorize: async request => ((await request.clone().text()).includes(intentId) ? 'all' : 'unauthenticated'),
    });
    expect((await own(posted({ feature: 'support.reply', intentId, success: true }))).status).toBe(200);
    expect((await own(posted({ feature: 'support.reply', intentId: 'x', success: true }))).status).toBe(401);
  });
});

describe('a handler of Node requests', () => {
  const headers = { 'content-type': 'application/json', authorization: `Bearer ${TOKEN}` };

  test('the handler of Node requests records over HTTP, by itself and behind a parser of the body', async () => {
    const { router, newIntent } = routerOfIntents();
    const handler = nodeOutcomeHandler(router, { token: TOKEN });
    const plain = await listen((request, response) => void handler(request, response));
    const parsed = await listen((request, response) => {
      void (async () => {
        const parts = await Array.fromAsync(request as AsyncIterable<Buffer>);
        await handler(
          Object.assign(request, { body: JSON.parse(Buffer.concat(parts).toString()) as unknown }),
          response,
        );
      })();
    });
    for (const url of [plain, parsed]) {
      const body = JSON.stringify({ feature: 'support.reply', intentId: await newIntent(), signal: 'stars', value: 2 });
      const response = await fetch(url, { method: 'POST', headers, body });
      expect([response.status, await response.json()]).toEqual([
        200,
        { outcome: { state: 'failure', source: 'implicit', escalated: false } },
      ]);
      expect(response.headers.get('access-control-allow-origin')).toBeNull();
      expect(response.headers.get('cache-control')).toBe('no-store');
    }
  });

  test.each([
    ['as text', express.text({ type: '*/*' })],
    ['as bytes', express.raw({ type: '*/*' })],
    [
      'not at all, as a parser of Express 4 for another type',
      (request, _, next) => {
        request.body = {};
        next();
      },
    ],
  ] satisfies [string, express.RequestHandler][])(
    'behind a parser of Express that has read the body %s, it records',
    async (_, parser) => {
      const { router, newIntent } = routerOfIntents();
      const app = express();
      app.post('/outcomes', parser, nodeOutcomeHandler(router, { token: TOKEN }));
      const url = await listen(app);
      const send = async (body: string): Promise<number> =>
        (await fetch(url, { method: 'POST', headers, body })).status;
      const body = JSON.stringify({ feature: 'support.reply', intentId: await newIntent(), success: true });
      expect([await send(body), await send('{'), await send(' ')]).toEqual([200, 400, 400]);
    },
  );

  test.each([
    ['stated', { 'content-length': '2000000' }],
    ['chunked', { 'transfer-encoding': 'chunked' }],
  ])('a body that is too long is refused before it has arrived: %s', async (_, length) => {
    const { router } = routerOfIntents();
    const handler = nodeOutcomeHandler(router, { token: TOKEN });
    const url = await listen((request, response) => void handler(request, response));
    const status = await new Promise<number | undefined>((resolve, reject) => {
      const client = nodeRequest(url, { method: 'POST', headers: { ...headers, ...length } }, response => {
        resolve(response.statusCode);
        client.destroy();
      });
      client.on('error', reject);
      client.write(' '.repeat(1_000_001));
    });
    expect(status).toBe(413);
  });
});
