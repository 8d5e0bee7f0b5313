import { expect, test } from 'vitest';
import { reasoningMetadata, replyMetadata } from '../../src/ai-sdk/metadata.ts';

test('a receipt becomes JSON, beside the id of its intent', () => {
  const receipt = {
    feature: 'f',
    intentId: 'i',
    requestId: 'r',
    plan: ['mini'],
    propensity: 1,
    reason: 'only one',
    model: undefined,
    attempts: [],
    costUsd: 0,
    rejected: false,
  };
  const { model: _, ...known } = receipt;
  const { outcomeRouter } = replyMetadata(receipt, undefined);
  expect(outcomeRouter).toStrictEqual({ intentId: 'i', receipt: known });
});

test('a reply without a receipt has no receipt metadata', () => {
  expect(replyMetadata(undefined, undefined)).toEqual({ outcomeRouter: {} });
});

test('a refusal is kept beside the receipt', () => {
  expect(replyMetadata(undefined, 'No.')).toEqual({ outcomeRouter: { refusal: 'No.' } });
});

test('only encrypted reasoning is kept, because any other would be looked up by an id that the vendor does not store', () => {
  const item = { type: 'reasoning', id: 'rs_1', encrypted_content: 'sealed' };
  expect(reasoningMetadata(item)).toEqual({ providerMetadata: { outcomeRouter: { item } } });
  expect(reasoningMetadata({ type: 'reasoning', id: 'rs_1' })).toEqual({});
});
