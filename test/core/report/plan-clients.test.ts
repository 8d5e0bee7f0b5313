import { expect, test } from 'vitest';
import { areReachedAlike, clientsOfPlan } from '../../../src/core/report/plan-clients.ts';

const openai = { clients: ['openai-chat', 'openai-responses'] };
const anthropic = { clients: ['anthropic-messages'] };

test('plans are reached alike where every client reaches all of them or none, and where nothing is known', () => {
  expect(areReachedAlike([openai, openai])).toBe(true);
  expect(areReachedAlike([{}, {}])).toBe(true);
  expect(areReachedAlike([openai, anthropic])).toBe(false);
  expect(areReachedAlike([openai, { clients: [] }])).toBe(false);
});

test('a plan that no client reaches says so', () => {
  expect(clientsOfPlan(openai)).toBe('openai-chat, openai-responses');
  expect(clientsOfPlan({ clients: [] })).toBe('none');
});
