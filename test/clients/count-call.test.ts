import { expect, test } from 'vitest';
import { countingWire } from '../../src/clients/count-call.ts';
import { anthropicMessages } from '../../src/wires/anthropic-messages.ts';
import { openaiChat } from '../../src/wires/openai-chat.ts';
import { openaiResponses } from '../../src/wires/openai-responses.ts';

test('only token-counting paths have a wire that counts tokens', () => {
  const wires = [openaiChat, openaiResponses, anthropicMessages];
  expect(countingWire(wires, 'https://x/v1/messages/count_tokens?beta=true')?.name).toBe('anthropic-messages');
  expect(countingWire(wires, 'https://x/v1/messages')).toBeUndefined();
  expect(countingWire(wires, 'https://x/v1/responses/resp_1/input_items')).toBeUndefined();
});
