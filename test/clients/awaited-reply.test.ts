import { expect, test } from 'vitest';
import { awaitedReply } from '../../src/clients/awaited-reply.ts';
import { NOT_RETRIEVED } from '../../src/core/ledger/vocabulary.ts';
import { receipts } from '../../src/engine/state/receipts.ts';
import { memory } from '../../src/stores/memory.ts';
import { anthropicMessages } from '../../src/wires/anthropic-messages.ts';
import { openaiChat } from '../../src/wires/openai-chat.ts';
import { openaiResponses } from '../../src/wires/openai-responses.ts';
import { attempt } from '../core/support/intents.ts';

const WIRES = [openaiChat, openaiResponses, anthropicMessages];
const STORE = memory();

/** A process that has had one reply which is not finished, and one which is. */
function known() {
  const kept = receipts();
  const draft = { feature: 'f', intentId: 'i', requestId: 'r', plan: ['mini'], propensity: 1, reason: '' };
  kept.keep(undefined, 'resp_1', { ...draft, attempts: [attempt('mini', 1, { unpriced: [NOT_RETRIEVED] })] });
  kept.keep(undefined, 'resp_2', { ...draft, attempts: [attempt('mini', 1)] });
  return kept;
}

test.each([
  ['https://api.openai.com/v1/responses/resp_1', 'resp_1'],
  ['https://api.openai.com/v1/responses/resp_1?stream=true&starting_after=4', 'resp_1'],
  ['https://api.openai.com/v1/responses/resp_1/cancel', 'resp_1'],
  ['/responses/resp_1#top', 'resp_1'],
  ['https://api.openai.com/v1/responses/resp_1/input_items', undefined],
  ['https://api.openai.com/v1/responses/resp_2', undefined],
  ['https://api.openai.com/v1/responses/resp_3', undefined],
  ['https://api.openai.com/v1/responses', undefined],
  ['https://api.openai.com/v1/models/resp_1', undefined],
  ['https://example.com/?to=/v1/responses/resp_1', undefined],
  ['', undefined],
])('a request retrieves a reply that is awaited by its id: %s', (url, id) => {
  expect(awaitedReply(WIRES, { receipts: known(), store: STORE }, url)?.id).toBe(id);
});

test('where other processes share the store, a reply that this one does not know may be awaited', () => {
  const shared = { ...STORE, intentOfReply: async () => undefined };
  const idAt = (id: string): unknown =>
    awaitedReply(WIRES, { receipts: known(), store: shared }, `https://x/v1/responses/${id}`)?.id;
  expect(['resp_1', 'resp_2', 'resp_3'].map(idAt)).toEqual(['resp_1', undefined, 'resp_3']);
});
