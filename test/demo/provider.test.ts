import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startDemoProvider, taskTags } from '../../src/demo/provider.ts';
import { DEMO_MODELS, demoFeature } from '../../src/demo/world.ts';
import type { FakeProvider } from '../../src/testing/fake-provider.ts';

let provider: FakeProvider;
beforeAll(async () => {
  provider = await startDemoProvider('test');
});
afterAll(() => provider.close());

const ask = (model: string, content: string, stream = false): Promise<Response> =>
  fetch(`${provider.openaiBaseURL}/chat/completions`, {
    method: 'POST',
    body: JSON.stringify({ model, stream, messages: [{ role: 'user', content }] }),
  });

/** Asks again after a 429. */
async function answered(model: string, content: string): Promise<Response> {
  const response = await ask(model, content);
  return response.ok ? response : ask(model, content);
}

describe('over HTTP', () => {
  test('a model’s success rate and token counts are those of the requested feature', async () => {
    const known = demoFeature('support.reply').models.mini;
    let solved = 0;
    let input = 0;
    let output = 0;
    const asks = 300;
    for (let i = 0; i < asks; i++) {
      const response = await answered(DEMO_MODELS.mini.model, taskTags('support.reply', `rate ${i}`));
      if (response.headers.get('x-fake-outcome') === 'solved') solved++;
      const { usage } = (await response.json()) as { usage: { prompt_tokens: number; completion_tokens: number } };
      input += usage.prompt_tokens;
      output += usage.completion_tokens;
    }
    // Four standard errors.
    expect(Math.abs(solved / asks - (known?.success ?? 0))).toBeLessThan(4 * Math.sqrt((0.7 * 0.3) / asks));
    expect(Math.abs(input / asks / (known?.inputTokens ?? 0) - 1)).toBeLessThan((4 * 0.24) / Math.sqrt(asks));
    expect(Math.abs(output / asks / (known?.outputTokens ?? 0) - 1)).toBeLessThan((4 * 0.24) / Math.sqrt(asks));
  });

  test('a busy provider answers 429 with `retry-after-ms`, once per task', async () => {
    let busy = 0;
    for (let i = 0; i < 250; i++) {
      const first = await ask('gpt-4.1', taskTags('math.tutor', `busy ${i}`));
      if (first.status === 429) {
        busy++;
        expect(first.headers.get('retry-after-ms')).toBe('5');
        expect((await ask('gpt-4.1', taskTags('math.tutor', `busy ${i}`))).status).toBe(200);
      } else expect(first.status).toBe(200);
    }
    expect(busy).toBeGreaterThan(0);
    expect(busy).toBeLessThan(30);
  });

  test('some streams are truncated, and truncated streams are billed', async () => {
    let broken = 0;
    const before = provider.bill().requests.length;
    const asks = 400;
    let refused = 0;
    for (let i = 0; i < asks; i++) {
      const response = await ask(DEMO_MODELS.mini.model, taskTags('support.reply', `stream ${i}`), true);
      const text = await response.text();
      if (!response.ok) refused++;
      else if (!text.includes('[DONE]')) broken++;
    }
    expect(broken).toBeGreaterThan(0);
    expect(broken).toBeLessThan(30);
    expect(provider.bill().requests.length - before).toBe(asks - refused);
  });
});
