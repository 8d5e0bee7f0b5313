import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Usage } from '../../src/core/ledger/usage.ts';
import { estimateUsage } from '../../src/core/ledger/usage.ts';
import type { FakeProvider } from '../../src/testing/fake-provider.ts';
import { startFakeProvider } from '../../src/testing/fake-provider.ts';
import type { FakeFault } from '../../src/testing/faults.ts';
import { anthropicMessages } from '../../src/wires/anthropic-messages.ts';
import { parseJson } from '../../src/wires/json-fields.ts';
import { openaiChat } from '../../src/wires/openai-chat.ts';
import { openaiResponses } from '../../src/wires/openai-responses.ts';
import type { Wire } from '../../src/contracts/wire.ts';

let provider: FakeProvider;
beforeAll(async () => {
  const tokens = { cacheRead: [0, 50], output: [20, 60], reasoning: [0, 9], cacheWrite5m: [0, 3] } as const;
  const price = { input: '0.1537', output: '1.25', cacheRead: '0.0125' };
  provider = await startFakeProvider({ models: { mini: { price, tokens, text: 'Grüße, 😀 "alle"\n' } } });
});
afterAll(() => provider.close());

interface Api {
  readonly wire: Wire;
  readonly url: () => string;
  readonly body: Readonly<Record<string, unknown>>;
  readonly idHeader: string;
}
const conversation = [{ role: 'user', content: 'Wo bleibt „meine“ Bestellung? 😀' }];
const APIS: readonly (readonly [string, Api])[] = [
  [
    'openai-chat',
    {
      wire: openaiChat,
      url: () => `${provider.openaiBaseURL}/chat/completions`,
      body: { messages: conversation, stream_options: { include_usage: true } },
      idHeader: 'x-request-id',
    },
  ],
  [
    'openai-responses',
    {
      wire: openaiResponses,
      url: () => `${provider.openaiBaseURL}/responses`,
      body: { input: conversation },
      idHeader: 'x-request-id',
    },
  ],
  [
    'anthropic-messages',
    {
      wire: anthropicMessages,
      url: () => `${provider.anthropicBaseURL}/v1/messages`,
      body: { max_tokens: 1000, messages: conversation },
      idHeader: 'request-id',
    },
  ],
];

interface Reading {
  readonly stream: boolean;
  /** The client disconnects after this many events of a stream, or after the first bytes of a plain reply. */
  readonly leavesAfter: number | undefined;
}

/** The usage that a client can read from the reply, otherwise its estimate by the documented rule. */
async function expectedUsage(
  { wire, url, body, idHeader }: Api,
  reading: Reading,
): Promise<{ readonly id: string; readonly usage: Usage }> {
  const text = JSON.stringify({ model: 'mini', ...body, stream: reading.stream });
  const response = await fetch(url(), { method: 'POST', body: text });
  const id = response.headers.get(idHeader) ?? '';
  if (!reading.stream) {
    const reply = await readAll(response, reading);
    const usage = wire.reply(parseJson(reply))?.usage;
    return { id, usage: usage ?? estimateUsage({ requestChars: text.length, replyChars: reply.length }) };
  }
  const reader = wire.reader({ hidesUsageChunk: false, wantsText: true });
  await readAll(response, reading, chunk => void reader.push(chunk));
  const { usage, partialUsage } = reader.facts();
  return { id, usage: usage ?? estimateUsage({ requestChars: text.length, replyChars: reader.chars, partialUsage }) };
}

async function readAll(
  response: Response,
  { stream, leavesAfter }: Reading,
  observe?: (chunk: Uint8Array) => void,
): Promise<string> {
  let text = '';
  const decoder = new TextDecoder();
  const reader = response.body?.getReader();
  const hasEnough = (): boolean =>
    leavesAfter !== undefined && (stream ? text.split('\n\n').length > leavesAfter : text !== '');
  try {
    while (!hasEnough()) {
      const result = await reader?.read();
      if (result === undefined || result.done) return text + decoder.decode();
      observe?.(result.value);
      text += decoder.decode(result.value, { stream: true });
    }
    await reader?.cancel();
  } catch {
    // The connection broke.
  }
  return text;
}

const billedFor = (id: string): Usage => {
  const request = provider.bill().requests.find(({ requestId }) => requestId === id);
  return Object.fromEntries((request?.lines ?? []).map(({ meter, quantity }) => [meter, quantity]));
};
const withoutZeros = ({ reasoning: _, ...usage }: Usage): Usage =>
  Object.fromEntries(Object.entries(usage).filter(([, count]) => count > 0));

const FAULTS: readonly (FakeFault | undefined)[] = [
  undefined,
  { kind: 'slow', delayMs: 1, betweenEventsMs: 1 },
  { kind: 'malformed' },
  ...[0, 1, 2, 5, 8, 11, 1000].flatMap((afterEvents): readonly FakeFault[] => [
    { kind: 'truncate', afterEvents },
    { kind: 'cut', afterEvents },
  ]),
  { kind: 'pause', afterEvents: 1 },
  { kind: 'pause', afterEvents: 6 },
];

describe.each(APIS)('%s', (_, api) => {
  test.each([false, true])(
    'under every fault, the bill has the usage that the client can read or estimate (stream: %s)',
    async stream => {
      for (const fault of FAULTS) {
        provider.setFaults([fault]);
        const leavesAfter = fault?.kind === 'pause' ? fault.afterEvents : undefined;
        const { id, usage } = await expectedUsage(api, { stream, leavesAfter });
        await provider.idle();
        expect([fault, billedFor(id)]).toEqual([fault, withoutZeros(usage)]);
      }
    },
  );

  test('errors, resets and hangs before the first byte are not billed', async () => {
    const before = provider.bill().requests.length;
    const post = (signal?: AbortSignal) =>
      fetch(api.url(), {
        method: 'POST',
        body: JSON.stringify({ model: 'mini', temperature: 1, ...api.body }),
        signal: signal ?? null,
      });
    const faults: readonly (readonly [FakeFault, number])[] = [
      [{ kind: 'status', status: 429, retryAfter: { seconds: 2 } }, 429],
      [{ kind: 'status', status: 529 }, 529],
      [{ kind: 'html', status: 502 }, 502],
      [{ kind: 'html', status: 200 }, 200],
      [{ kind: 'unsupported-parameter', parameter: 'temperature' }, 400],
      [{ kind: 'unsupported-value', parameter: 'temperature' }, 400],
      [{ kind: 'unknown-model' }, 404],
    ];
    for (const [fault, status] of faults) {
      provider.setFaults([fault]);
      const response = await post();
      expect([fault, response.status]).toEqual([fault, status]);
      await response.text();
    }
    provider.setFaults([{ kind: 'reset' }, { kind: 'silent' }]);
    await expect(post()).rejects.toThrow('fetch failed');
    await expect(post(AbortSignal.timeout(40))).rejects.toMatchObject({ name: 'TimeoutError' });
    await provider.idle();
    expect(provider.bill().requests.length).toBe(before);
  });

  test('a fault about a parameter that the request does not have is ignored', async () => {
    provider.setFaults([{ kind: 'unsupported-parameter', parameter: 'top_k' }]);
    const response = await fetch(api.url(), { method: 'POST', body: JSON.stringify({ model: 'mini', ...api.body }) });
    expect(response.status).toBe(200);
    await response.text();
  });

  test('a body that is not JSON is answered with a 400', async () => {
    const response = await fetch(api.url(), { method: 'POST', body: '{' });
    expect(response.status).toBe(400);
    expect(await response.json()).toHaveProperty('error');
  });
});

describe('a reply that the client could not read completely', () => {
  const [, chat] = APIS[0] ?? [];
  test.each([
    ['actual', (usage: Usage) => (usage.output ?? 0) > 0 && usage.cacheRead === 30],
    ['nothing', (usage: Usage) => Object.keys(usage).length === 0],
  ] as const)('usage that the client could not read is charged by the rule `%s`', async (billsUnreported, holds) => {
    await using other = await startFakeProvider({
      models: { mini: { price: { input: '1', output: '1' }, tokens: { cacheRead: 30, output: 40 } } },
      billsUnreported,
      faults: [{ kind: 'truncate', afterEvents: 5 }],
    });
    const body = JSON.stringify({ model: 'mini', ...chat?.body, stream: true });
    const response = await fetch(`${other.openaiBaseURL}/chat/completions`, { method: 'POST', body });
    await response.text();
    const lines = other.bill().requests.flatMap(request => request.lines);
    const usage = Object.fromEntries(lines.map(({ meter, quantity }) => [meter, quantity]));
    expect([usage, holds(usage)]).toEqual([usage, true]);
  });

  test('a stream that the client cancels is charged for what was sent', async () => {
    await using other = await startFakeProvider({
      models: { mini: { price: { input: '1', output: '1' } } },
      faults: [{ kind: 'slow', betweenEventsMs: 20 }],
    });
    const body = JSON.stringify({ model: 'mini', ...chat?.body, stream: true });
    const response = await fetch(`${other.openaiBaseURL}/chat/completions`, { method: 'POST', body });
    const reader = response.body?.getReader();
    await reader?.read();
    await reader?.cancel();
    await other.idle();
    expect(other.bill().requests).toMatchObject([{ reported: false }]);
  });
});
