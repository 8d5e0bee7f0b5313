import { describe, expect, test } from 'vitest';
import { outputItem } from '../../../src/translate/responses/output-items.ts';

const place = { responseId: 'resp_or_1', index: 2, status: 'completed' } as const;
const owner = { api: 'anthropic-messages', model: 'claude-opus-5' } as const;

describe('output items', () => {
  test('a text and a refusal are message items, and calls are separate items, each with an id by its position', () => {
    expect(outputItem({ kind: 'refusal', text: 'No' }, place)).toEqual({
      id: 'msg_or_1_2',
      type: 'message',
      status: 'completed',
      role: 'assistant',
      content: [{ type: 'refusal', refusal: 'No' }],
    });
    expect(outputItem({ kind: 'tool-call', id: 'c', name: 'f', form: 'free', input: 'x' }, place)).toEqual({
      id: 'ctc_or_1_2',
      type: 'custom_tool_call',
      status: 'completed',
      call_id: 'c',
      name: 'f',
      input: 'x',
    });
  });

  test("another vendor's reasoning shows its summary, and is sealed when it is whole", () => {
    const part = { kind: 'reasoning', text: 'Hm', owner, sealed: ['s'] } as const;
    expect(outputItem(part, place)).toEqual({
      id: 'rs_or_1_2',
      type: 'reasoning',
      summary: [{ type: 'summary_text', text: 'Hm' }],
      encrypted_content: expect.stringMatching(/^or1\./),
    });
    expect(outputItem({ ...part, text: '' }, { ...place, status: 'in_progress' })).toEqual({
      id: 'rs_or_1_2',
      type: 'reasoning',
      summary: [],
    });
  });

  test('a part that this API has no format for is not an item', () => {
    const opaque = { kind: 'opaque', api: 'anthropic-messages', value: {}, mark: 'unable', reason: '' } as const;
    expect(outputItem(opaque, place)).toBeUndefined();
  });
});
