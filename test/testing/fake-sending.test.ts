import { describe, expect, test } from 'vitest';
import { startFakeProvider } from '../../src/testing/fake-provider.ts';
import type { FakeFault } from '../../src/testing/faults.ts';

const models = { mini: { price: { input: '1', output: '1' } } };
const BODY = { model: 'mini', messages: [{ role: 'user', content: 'Hello' }] };

async function send(fault: FakeFault | undefined, body: Readonly<Record<string, unknown>> = BODY) {
  await using provider = await startFakeProvider({ models, faults: [fault] });
  const response = await fetch(`${provider.openaiBaseURL}/chat/completions`, {
    method: 'POST',
    body: JSON.stringify(body),
  });
  const text = await response.text().catch((error: unknown) => error);
  return { response, text };
}

describe('a plain reply', () => {
  test('a plain reply without a fault is sent completely', async () => {
    const { text } = await send(undefined);
    expect(JSON.parse(String(text))).toMatchObject({ object: 'chat.completion' });
  });

  test('a malformed or truncated plain reply ends normally but is not JSON', async () => {
    for (const fault of [{ kind: 'malformed' }, { kind: 'truncate', afterEvents: 1 }] as const) {
      const { response, text } = await send(fault);
      expect(String(text)).toHaveLength(Number(response.headers.get('content-length')));
      expect(() => JSON.parse(String(text)) as unknown).toThrow(SyntaxError);
    }
  });

  test('the fault `cut` breaks the connection after half the announced body of a plain reply', async () => {
    const { response, text } = await send({ kind: 'cut', afterEvents: 0 });
    expect([response.status, text]).toEqual([200, expect.any(TypeError)]);
  });
});

describe('a stream', () => {
  const STREAM = { ...BODY, stream: true };
  const events = (text: unknown): readonly string[] => String(text).split('\n\n').slice(0, -1);

  test('a stream without a fault is sent completely', async () => {
    const { response, text } = await send(undefined, STREAM);
    expect(response.headers.get('content-type')).toContain('text/event-stream');
    expect(events(text).at(-1)).toBe('data: [DONE]');
  });

  test('the fault `truncate` ends a stream normally after the given number of events', async () => {
    for (const afterEvents of [0, 1, 4]) {
      expect(events((await send({ kind: 'truncate', afterEvents }, STREAM)).text)).toHaveLength(afterEvents);
    }
  });

  test('a malformed stream has an event that is not JSON', async () => {
    const { text } = await send({ kind: 'malformed' }, STREAM);
    expect(events(text)).toHaveLength(3);
    expect(() => JSON.parse(events(text)[2]?.slice(6) ?? '') as unknown).toThrow(SyntaxError);
  });

  test('the fault `cut` breaks the connection of a stream', async () => {
    const { response, text } = await send({ kind: 'cut', afterEvents: 3 }, STREAM);
    expect([response.status, text]).toEqual([200, expect.any(TypeError)]);
  });
});
