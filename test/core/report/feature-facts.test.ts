import { expect, test } from 'vitest';
import { candidateNotes } from '../../../src/core/report/feature-facts.ts';

const openai = ['openai-chat', 'openai-responses'];

test('the notes describe candidates with parameters of their own', () => {
  const candidates = [
    { model: 'low', providerModel: 'gpt-5', params: 'effort=low,serviceTier=flex', clients: openai },
    { model: 'mini', providerModel: 'gpt-5-mini', clients: openai },
  ];
  expect(candidateNotes(candidates)).toEqual(['low is gpt-5 with effort=low, serviceTier=flex.']);
});

test('the notes name the clients that reach each candidate only where that differs', () => {
  const candidates = [
    { model: 'mini', providerModel: 'gpt-5-mini', clients: openai },
    { model: 'opus', providerModel: 'claude-opus-4-8', clients: ['anthropic-messages'] },
    { model: 'own', providerModel: 'x', clients: [] },
  ];
  expect(candidateNotes(candidates)).toEqual([
    'Not every client reaches every model: clients of openai-chat and openai-responses reach mini; ' +
      'clients of anthropic-messages reach opus; only router.run and wires of your own reach own.',
  ]);
  expect(candidateNotes(candidates.slice(0, 1))).toEqual([]);
  expect(candidateNotes()).toEqual([]);
});
