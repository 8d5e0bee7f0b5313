import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ReplyFacts } from '../../src/contracts/wire.ts';
import type { FakeProvider } from '../../src/testing/fake-provider.ts';
import { startFakeProvider } from '../../src/testing/fake-provider.ts';
import type { ScriptedReply } from '../../src/testing/scripted-replies.ts';
import { anthropicMessages } from '../../src/wires/anthropic-messages.ts';

let provider: FakeProvider;
beforeAll(async () => {
  provider = await startFakeProvider({ models: { opus: { price: { input: '5', output: '25' } } } });
});
afterAll(() => provider.close());

/** What the wire reads from the reply, plain and streamed. */
async function facts(script: ScriptedReply): Promise<readonly [plain: ReplyFacts, streamed: ReplyFacts]> {
  const read = async (stream: boolean): Promise<Response> => {
    provider.reply(script);
    const messages = [{ role: 'user', content: 'Hello' }];
    const body = JSON.stringify({ model: 'opus', max_tokens: 100, messages, stream });
    return fetch(`${provider.anthropicBaseURL}/v1/messages`, { method: 'POST', body });
  };
  const plain = anthropicMessages.reply(await (await read(false)).json());
  const reader = anthropicMessages.reader({ hidesUsageChunk: false, wantsText: true });
  reader.push(new Uint8Array(await (await read(true)).arrayBuffer()));
  if (plain === undefined) throw new Error('no reply');
  return [plain, reader.facts()];
}

const CALLS = [
  { type: 'message', tokens: { input: 50_000, output: 5_000 } },
  { type: 'advisor_message', model: 'claude-opus-4-6', tokens: { input: 50_000, output: 5_000 } },
  { type: 'message', tokens: { input: 50_000, output: 5_000 } },
];
const fallback = (declined: string, output: number): ScriptedReply => ({
  text: 'x',
  served: { model: 'sonnet' },
  calls: [
    { type: 'message', model: 'opus', tokens: { input: 408, output }, declined },
    { type: 'fallback_message', model: 'sonnet', tokens: { input: 412, output: 264 } },
  ],
});
const SERVED = { model: 'sonnet', usage: { input: 412, output: 264 } };

const ROWS: readonly (readonly [name: string, script: ScriptedReply, expected: Partial<ReplyFacts>])[] = [
  [
    'the terms that served it',
    {
      text: 'x',
      tokens: { input: 100, output: 10 },
      served: { tier: 'priority', speed: 'fast', region: 'us' },
    },
    { tier: 'priority', speed: 'fast', region: 'us', usage: { input: 100, output: 10 } },
  ],
  [
    'terms that no price list has',
    { text: 'x', served: { tier: 'ultrafast', speed: 'turbo', region: 'eu' } },
    { tier: 'ultrafast', speed: 'turbo', region: 'eu' },
  ],
  [
    'nothing of terms that cost what the standard ones cost',
    { text: 'x', served: { speed: 'standard', region: 'not_available' } },
    { tier: 'standard', speed: undefined, region: undefined, calls: undefined, unpriced: undefined },
  ],
  [
    'an advisor’s call at its own model',
    { text: 'x', calls: CALLS },
    {
      usage: { input: 150_000, output: 15_000 },
      calls: [
        { usage: { input: 50_000, output: 5_000 } },
        { model: 'claude-opus-4-6', usage: { input: 50_000, output: 5_000 } },
        { usage: { input: 50_000, output: 5_000 } },
      ],
    },
  ],
  [
    'a compaction as a call of its own',
    { text: 'x', calls: [{ type: 'compaction', tokens: { input: 180_000, output: 3_500 } }, ...CALLS.slice(2)] },
    { calls: [{ usage: { input: 180_000, output: 3_500 } }, { usage: { input: 50_000, output: 5_000 } }] },
  ],
  ['a fallback model, and no attempt that is free', fallback('cyber', 0), { model: 'sonnet', calls: [SERVED] }],
  [
    'a fallback model, and an attempt that is not free',
    fallback('bio', 0),
    { model: 'sonnet', calls: [{ model: 'opus', usage: { input: 408, output: 0 } }, SERVED] },
  ],
  [
    'a refusal that is free',
    { declined: 'cyber', tokens: { input: 412, output: 0 } },
    { finish: 'refusal', usage: { input: 0, output: 0 } },
  ],
  [
    'what no meter counts',
    {
      text: 'x',
      usage: usage => ({ ...usage, video_tokens: 40 }),
      items: [{ type: 'server_tool_use', id: 's', name: 'map_lookup', input: {} }],
    },
    { unpriced: ['content.map_lookup', 'usage.video_tokens'] },
  ],
  [
    'code that ran in a container',
    { text: 'x', tokens: { input: 1, output: 2, codeSession: 1 } },
    { usage: { input: 1, output: 2, codeSession: 1 } },
  ],
];

describe('a message and its stream', () => {
  test.each(ROWS)('a message and its stream both state %s', async (_, script, expected) => {
    const [plain, streamed] = await facts(script);
    expect(plain).toMatchObject(expected);
    const { id: _id, ...rest } = streamed;
    expect(plain).toMatchObject(rest);
  });
});
