/** Background responses: their usage comes when the application retrieves them. */
import { join } from 'node:path';
import OpenAI from 'openai';
import OpenAIOldest from 'openai-oldest';
import { afterEach, describe, expect, test } from 'vitest';
import type { Store } from '../../src/contracts/store.ts';
import type { Attempt } from '../../src/core/ledger/vocabulary.ts';
import { foldIntent } from '../../src/core/ledger/records.ts';
import { fixed } from '../../src/policies/fixed.ts';
import { createRouter } from '../../src/create-router.ts';
import { memory } from '../../src/stores/memory.ts';
import { sqlite } from '../../src/stores/sqlite.ts';
import { testRuntime } from '../../src/testing/test-runtime.ts';
import type { Feature, RoutedOptions } from '../support/routed.ts';
import { closeAll, routed } from '../support/routed.ts';
import type { Answer } from '../support/scripted-server.ts';
import { json, scriptedServer, status } from '../support/scripted-server.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

afterEach(closeAll);

const USAGE = { input_tokens: 1_000_000, output_tokens: 100_000, total_tokens: 1_100_000 };
const SAID = [{ id: 'msg_1', type: 'message', role: 'assistant', content: [{ type: 'output_text', text: 'Hello' }] }];
const QUEUED = { id: 'resp_1', object: 'response', status: 'queued', output: [], usage: null };
const IN_PROGRESS = { ...QUEUED, status: 'in_progress' };
const COMPLETED = { ...QUEUED, model: 'mini-1', status: 'completed', output: SAID, usage: USAGE };
const FAILED = { ...QUEUED, status: 'failed', error: { code: 'server_error', message: 'broke' } };
const CANCELLED = { ...QUEUED, status: 'cancelled' };
/** At $1 and $2 per million tokens. */
const COST = 1_200_000_000;

const CREATE = { model: 'feature:support', input: 'Hello', background: true } as const;
const PENDING = { status: 'ok', provenance: 'estimated', unpriced: ['background reply not yet retrieved'] };

function event(type: string, response: object): string {
  return `event: ${type}\ndata: ${JSON.stringify({ type, response })}\n\n`;
}

/** A stream of these events. With `cut` the connection breaks behind them. */
function stream(events: readonly string[], { cut = false } = {}): Answer {
  return (_, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.write(events.join(''), () => (cut ? response.destroy() : response.end()));
  };
}

async function background(replies: readonly (object | Answer)[], feature: Feature = {}, options: RoutedOptions = {}) {
  const script = replies.map(reply => (typeof reply === 'function' ? (reply as Answer) : json(reply)));
  const found = await routed(script, feature, options);
  const client = found.router.wrap(new OpenAI({ apiKey: 'sk', baseURL: `${found.server.url}/v1`, maxRetries: 0 }));
  return { ...found, client, attempts: async () => attemptsIn(found) };
}

/** The attempts of the only intent as they are now. */
async function attemptsIn({ router, store }: { router: { flush(): Promise<void> }; store: Store }) {
  await router.flush();
  return foldIntent(await Array.fromAsync(store.scan()))?.attempts as readonly Attempt[];
}

describe('a background response', () => {
  test.each([
    ['newest', OpenAI],
    ['oldest', OpenAIOldest as unknown as typeof OpenAI],
  ])('a background response is an estimate until it is retrieved, then billed once: %s client', async (_, Client) => {
    const { router, server, store, cells, faults, attempts } = await background([QUEUED, IN_PROGRESS, COMPLETED]);
    const client = router.wrap(new Client({ apiKey: 'sk', baseURL: `${server.url}/v1`, maxRetries: 0 }));
    const created = await client.responses.create(CREATE);
    expect(created.status).toBe('queued');
    expect(await attempts()).toMatchObject([PENDING]);
    const error = { message: expect.stringContaining('a background response has no usage yet') as string };
    expect(faults).toMatchObject([{ where: 'price', error }]);

    expect((await client.responses.retrieve(created.id)).status).toBe('in_progress');
    expect(await attempts()).toMatchObject([PENDING]);

    for (const time of ['first', 'second']) {
      expect((await client.responses.retrieve(created.id)).output_text, time).toBe('Hello');
      const [attempt, ...others] = await attempts();
      expect(others).toEqual([]);
      expect(attempt).toMatchObject({ provenance: 'reported', costNanoUsd: COST, responseModel: 'mini-1' });
      expect(attempt).not.toHaveProperty('unpriced');
    }
    const records = await Array.fromAsync(store.scan());
    expect(records.map(({ kind }) => kind)).toEqual(['decided', 'attempted', 'attempted']);
    expect(records[2]).toMatchObject({ replaces: 0 });
    const { grown, rebuilt } = await cells();
    expect(grown).toEqual(rebuilt);
    expect(router.receipt(created)).toMatchObject({ costUsd: COST / 1e9, attempts: [{ provenance: 'reported' }] });
  });

  test('a reply that is retrieved as a stream is billed at the stream’s end', async () => {
    const events = [event('response.in_progress', IN_PROGRESS), event('response.completed', COMPLETED)];
    const { client, attempts } = await background([QUEUED, stream(events)]);
    await client.responses.create(CREATE);
    const types = [];
    for await (const { type } of await client.responses.retrieve('resp_1', { stream: true })) types.push(type);
    expect(types).toEqual(['response.in_progress', 'response.completed']);
    expect(await attempts()).toMatchObject([{ provenance: 'reported', costNanoUsd: COST }]);
  });

  test('a background response that is streamed from the start is billed like any stream', async () => {
    const events = [event('response.created', QUEUED), event('response.completed', COMPLETED)];
    const { client, attempts } = await background([stream(events)]);
    await Array.fromAsync(await client.responses.create({ ...CREATE, stream: true }));
    const [attempt, ...others] = await attempts();
    expect(attempt).toMatchObject({ provenance: 'reported', costNanoUsd: COST });
    expect([attempt, ...others]).not.toMatchObject([{ unpriced: expect.anything() as unknown }]);
  });

  test.each(['headers', 'output'] as const)(
    'the stream of a background response may break and be resumed: the response is requested once and billed once (release %s)',
    async release => {
      const created = event('response.created', { ...QUEUED, background: true });
      const resumed = [event('response.completed', COMPLETED)];
      const replies = [stream([created], { cut: true }), stream(resumed)];
      const { router, attempts, server } = await background(replies, { release, retries: 2 });
      const client = router.wrap(new OpenAI({ apiKey: 'sk', baseURL: `${server.url}/v1` }));
      const reading = async (): Promise<void> => {
        await Array.fromAsync(await client.responses.create({ ...CREATE, stream: true }));
      };
      await expect(reading()).rejects.toThrow();
      expect(server.received).toHaveLength(1);
      expect(await attempts()).toMatchObject([{ ...PENDING, status: 'broken' }]);
      await Array.fromAsync(await client.responses.retrieve('resp_1', { stream: true, starting_after: 1 }));
      expect(server.received[1]?.path).toBe('/v1/responses/resp_1?stream=true&starting_after=1');
      expect(await attempts()).toMatchObject([{ status: 'ok', provenance: 'reported', costNanoUsd: COST }]);
    },
  );

  test('a retrieval whose stream breaks off bills nothing, and the next one does', async () => {
    const cut = stream([event('response.in_progress', IN_PROGRESS)], { cut: true });
    const { client, attempts } = await background([QUEUED, cut, COMPLETED]);
    await client.responses.create(CREATE);
    const reading = async (): Promise<void> => {
      await Array.fromAsync(await client.responses.retrieve('resp_1', { stream: true }));
    };
    await expect(reading()).rejects.toThrow();
    expect(await attempts()).toMatchObject([PENDING]);
    await client.responses.retrieve('resp_1');
    expect(await attempts()).toMatchObject([{ costNanoUsd: COST }]);
  });

  test.each([
    ['cancelled', CANCELLED, { status: 'aborted', provenance: 'none', costNanoUsd: 0 }],
    ['cancelled, with usage', { ...CANCELLED, usage: USAGE }, { status: 'aborted', costNanoUsd: COST }],
    ['failed', FAILED, { status: 'provider-fault', provenance: 'none', costNanoUsd: 0 }],
    ['failed, with usage', { ...FAILED, usage: USAGE }, { status: 'provider-fault', costNanoUsd: COST }],
    [
      'failed by its filter',
      { ...FAILED, error: { code: 'content_policy_violation', message: '' } },
      { status: 'refused', costNanoUsd: 0 },
    ],
    ['incomplete', { ...COMPLETED, status: 'incomplete' }, { status: 'ok', costNanoUsd: COST }],
    // "Hello" is two tokens.
    [
      'completed without usage',
      { ...COMPLETED, usage: null },
      { status: 'ok', provenance: 'estimated', usage: { output: 2 } },
    ],
  ])('a background response costs what its final reply reports: %s', async (_, last, expected) => {
    const { client, attempts, cells } = await background([QUEUED, last]);
    await client.responses.create(CREATE);
    const reply = await client.responses.cancel('resp_1');
    expect(reply.status).toBe(last.status);
    const [attempt, ...others] = await attempts();
    expect(attempt).toMatchObject(expected);
    expect(attempt?.unpriced).toEqual(attempt?.provenance === 'estimated' ? ['no usage'] : undefined);
    expect(others).toEqual([]);
    const { grown, rebuilt } = await cells();
    expect(grown).toEqual(rebuilt);
  });

  test('a background response can be retrieved with nothing but a fetch, byte for byte', async () => {
    const text = `\uFEFF  ${JSON.stringify(COMPLETED)}\n\n`;
    const sent: Answer = (_, response) => {
      response.writeHead(200, { 'content-type': 'application/json', 'x-own': 'yes' });
      response.end(text);
    };
    const { router, server, client, attempts } = await background([QUEUED, sent]);
    await client.responses.create(CREATE);
    const response = await router.fetch(new Request(`${server.url}/v1/responses/resp_1?include[]=usage`));
    expect([response.status, response.url, response.headers.get('x-own')]).toEqual([
      200,
      `${server.url}/v1/responses/resp_1?include[]=usage`,
      'yes',
    ]);
    expect(Buffer.from(await response.clone().arrayBuffer())).toEqual(Buffer.from(text));
    expect(Buffer.from(await response.arrayBuffer())).toEqual(Buffer.from(text));
    expect(await attempts()).toMatchObject([{ costNanoUsd: COST }]);
  });

  test.each([
    [{ input_tokens: 0, output_tokens: 0 }, 1],
    [{ input_tokens: 1_000_000, output_tokens: 0 }, 1_000_000],
  ])('the usage %j of an unfinished response is not billed', async (usage, atLeast) => {
    const { client, attempts } = await background([
      { ...QUEUED, usage },
      { ...COMPLETED, output: SAID },
    ]);
    await client.responses.create(CREATE);
    const [before] = await attempts();
    expect(before).toMatchObject(PENDING);
    expect(before?.usage.input).toBeGreaterThanOrEqual(atLeast);
    await client.responses.retrieve('resp_1');
    expect(await attempts()).toMatchObject([{ costNanoUsd: COST, provenance: 'reported' }]);
  });

  test('a retrieved reply whose usage is 0 is estimated, and the zero is reported', async () => {
    const { client, attempts } = await background([
      QUEUED,
      { ...COMPLETED, usage: { input_tokens: 0, output_tokens: 0 } },
    ]);
    await client.responses.create(CREATE);
    const [before] = await attempts();
    await client.responses.retrieve('resp_1');
    expect(await attempts()).toMatchObject([
      { provenance: 'estimated', unpriced: ['usage of 0'], usage: { input: before?.usage.input, output: 2 } },
    ]);
  });

  test('an error, a reply of another id and an empty stream leave the estimate as it is', async () => {
    const { client, attempts } = await background([
      QUEUED,
      status(404),
      COMPLETED,
      stream([], {}),
      { object: 'list', data: [] },
    ]);
    await client.responses.create(CREATE);
    await expect(client.responses.retrieve('resp_1')).rejects.toThrow('404');
    await client.responses.retrieve('resp_other');
    await Array.fromAsync(await client.responses.retrieve('resp_1', { stream: true }));
    expect(await attempts()).toMatchObject([PENDING]);
    await client.responses.inputItems.list('resp_1');
    expect(await attempts()).toMatchObject([PENDING]);
  });
});

test('silence labels a background response only after its retrieval, at which the silence window starts', async () => {
  const runtime = testRuntime({ seed: 1 });
  const silence = { after: '1h', means: 'success' } as const;
  const { client, router, store } = await background([QUEUED, COMPLETED], { silence }, { runtime });
  const outcome = async (): Promise<unknown> => {
    await router.flush();
    await router.labelSilentIntents();
    return foldIntent(await Array.fromAsync(store.scan()))?.outcome.state;
  };
  await client.responses.create(CREATE);
  await router.flush();
  runtime.advance(2 * 3_600_000);
  expect(await outcome()).toBe('pending');
  await client.responses.retrieve('resp_1');
  await router.flush();
  runtime.advance(3_599_999);
  expect(await outcome()).toBe('pending');
  runtime.advance(1);
  expect(await outcome()).toBe('success');
});

test('a background response does not count as an answer of its model until it is retrieved', async () => {
  const { client, router, store } = await background([QUEUED, COMPLETED]);
  const scopes = async (): Promise<readonly string[]> => {
    await router.flush();
    return (await store.cells('support')).map(({ key }) => key.scope);
  };
  await client.responses.create(CREATE);
  expect(await scopes()).toEqual(['plan']);
  await client.responses.retrieve('resp_1');
  expect((await scopes()).toSorted()).toEqual(['node', 'plan']);
});

test('retrieved by another process with the same store, a background response is billed once', async () => {
  const folder = temporaryFolder();
  const store = sqlite(join(folder, 'router.db'));
  const asking = await background([QUEUED, COMPLETED], {}, { store });
  const other = await background([COMPLETED], {}, { store: sqlite(join(folder, 'router.db')) });
  try {
    await asking.client.responses.create(CREATE);
    await asking.router.flush();
    await other.client.responses.retrieve('resp_1');
    await other.client.responses.retrieve('resp_1');
    expect(await other.attempts()).toMatchObject([{ provenance: 'reported', costNanoUsd: COST }]);
    await asking.client.responses.retrieve('resp_1');
    expect(await asking.attempts()).toMatchObject([{ provenance: 'reported', costNanoUsd: COST }]);
    const kinds = (await Array.fromAsync(store.scan())).map(({ kind }) => kind);
    expect(kinds).toEqual(['decided', 'attempted', 'attempted']);
    const { grown, rebuilt } = await asking.cells();
    expect(grown).toEqual(rebuilt);
  } finally {
    await Promise.all([asking.close(), other.close()]);
  }
});

test('if the store cannot be read, the retrieval is unchanged, and observers are notified', async () => {
  const error = new Error('down');
  const store: Store = { ...memory(), intentOfReply: async () => Promise.reject(error) };
  const { client, router, faults } = await background([COMPLETED], {}, { store });
  expect((await client.responses.retrieve('resp_1')).output_text).toBe('Hello');
  await router.flush();
  expect(faults).toEqual([{ where: 'store', error }]);
});

test('a background response is retrieved, cancelled and deleted where the model that writes it is', async () => {
  const [own, other] = await Promise.all([
    scriptedServer([json(QUEUED), json(IN_PROGRESS), json(COMPLETED)]),
    scriptedServer([json(COMPLETED)]),
  ]);
  const price = { inputUsdPerMillion: 1, outputUsdPerMillion: 2 };
  const store = memory();
  const router = createRouter({
    models: {
      mini: { provider: 'openai', model: 'mini-1', price, baseURL: `${own.url}/own`, headers: { 'x-key': 'o' } },
    },
    features: { support: { candidates: ['mini'], failureCostUsd: 1, policy: fixed('mini') } },
    store,
  });
  const client = router.wrap(new OpenAI({ apiKey: 'secret', baseURL: `${other.url}/v1`, maxRetries: 0 }));
  await client.responses.create(CREATE);
  await client.responses.retrieve('resp_1', { include: ['file_search_call.results'] });
  await client.responses.cancel('resp_1');
  await client.responses.delete('resp_1');
  const headers = { authorization: 'Bearer secret', traceparent: 't' };
  await router.fetch(new Request(`${other.url}/v1/responses/resp_1`, { headers }));
  expect(own.received.at(-1)).toMatchObject({ headers: { traceparent: 't' } });
  expect(own.received.map(({ path, headers }) => [path, headers['x-key'], headers.authorization])).toEqual([
    ['/own/responses', 'o', undefined],
    ['/own/responses/resp_1?include%5B%5D=file_search_call.results', 'o', undefined],
    ['/own/responses/resp_1/cancel', 'o', undefined],
    ['/own/responses/resp_1', 'o', undefined],
    ['/own/responses/resp_1', 'o', undefined],
  ]);
  expect(await attemptsIn({ router, store })).toMatchObject([{ provenance: 'reported', costNanoUsd: COST }]);
  await client.responses.retrieve('resp_unknown');
  expect(other.received.map(({ path, headers }) => [path, headers.authorization])).toEqual([
    ['/v1/responses/resp_unknown', 'Bearer secret'],
  ]);
  await Promise.all([router.close(), own.close(), other.close()]);
});
