import { expect, test } from 'vitest';
import { areReachedBySame, clientsOfPlan } from '../../../src/core/report/plan-clients.ts';

const openai = { clients: ['openai-chat', 'openai-responses'] };
const anthropic = { clients: ['anthropic-messages'] };

test('plans are reached by the same clients where every client reaches all of them or none, and where nothing is known', () => {
  expect(areReachedBySame([openai, openai])).toBe(true);
  expect(areReachedBySame([{}, {}])).toBe(true);
  expect(areReachedBySame([openai, anthropic])).toBe(false);
  expect(areReachedBySame([openai, { clients: [] }])).toBe(false);
});

test('the clients of a plan that no client reaches are shown as `none`', () => {
  expect(clientsOfPlan(openai)).toBe('openai-chat, openai-responses');
  expect(clientsOfPlan({ clients: [] })).toBe('none');
});
