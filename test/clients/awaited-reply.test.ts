import { expect, test } from 'vitest';
import { isAwaited, retrievalOf } from '../../src/clients/awaited-reply.ts';
import type { Store } from '../../src/contracts/store.ts';
import { NOT_RETRIEVED } from '../../src/core/ledger/vocabulary.ts';
import { replyOwners } from '../../src/engine/state/reply-owners.ts';
import { receipts } from '../../src/engine/state/receipts.ts';
import { anthropicMessages } from '../../src/wires/anthropic-messages.ts';
import { openaiChat } from '../../src/wires/openai-chat.ts';
import { openaiResponses } from '../../src/wires/openai-responses.ts';
import { attempt } from '../core/support/intents.ts';

const WIRES = [openaiChat, openaiResponses, anthropicMessages];

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
  ['https://api.openai.com/v1/responses/resp_1/input_items?limit=3', 'resp_1'],
  ['/responses/resp_1#top', 'resp_1'],
  ['/responses/resp%20%C3%A9', 'resp é'],
  ['/responses/resp_%zz', 'resp_%zz'],
  ['https://api.openai.com/v1/responses', undefined],
  ['https://api.openai.com/v1/responses/resp_1/other', undefined],
  ['https://api.openai.com/v1/models/resp_1', undefined],
  ['https://example.com/?to=/v1/responses/resp_1', undefined],
  ['', undefined],
])('a request retrieves a reply by its id: %s', (url, id) => {
  expect(retrievalOf(WIRES, url)?.id).toBe(id);
});

test('a reply is awaited until this process learns that it is finished', () => {
  const awaited = (store: Pick<Store, 'intentOfReply'>): unknown =>
    ['resp_1', 'resp_2', 'resp_3'].map(id =>
      isAwaited({ receipts: known(), owners: replyOwners(store, () => {}) }, id),
    );
  expect(awaited({})).toEqual([true, false, false]);
  // Another process that shares the store may have asked for it.
  expect(awaited({ intentOfReply: async () => undefined })).toEqual([true, false, true]);
});
