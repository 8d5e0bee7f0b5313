import { describe, expect, test } from 'vitest';
import type { Intent } from '../../../src/core/ledger/records.ts';
import type { Attempt } from '../../../src/core/ledger/vocabulary.ts';
import { featureNumbers } from '../../../src/core/beliefs/feature-numbers.ts';

function intent(id: string, success: boolean, attempts: readonly Partial<Attempt>[]): Intent {
  return { id, attempts, outcome: { state: success ? 'success' : 'failure' } } as unknown as Intent;
}

const direct = [{ kind: 'first', model: 'mini', node: 'mini' }] as const;

/** The last code, after as many intents of two kinds, of which one succeeds. */
function lastCode(attempts: readonly Partial<Attempt>[], label: 'known' | 'unknown' = 'known'): string | undefined {
  const known = featureNumbers(2, ['mini', 'premium']);
  for (let i = 0; i < 120; i++) {
    known.code([i % 2, (i % 3) / 3], `${i}`);
    const ended = intent(`${i}`, i % 2 === 1, attempts);
    known.learn(label === 'known' ? ended : { ...ended, outcome: { state: 'unknown' } as Intent['outcome'] });
  }
  return known.code([1, 0.5], 'last');
}

describe('the numbers of a feature', () => {
  test('the outcome of the model that answered teaches what the numbers predict', () => {
    expect(lastCode(direct)).not.toBe('11:55');
    expect(lastCode([...direct, { kind: 'judge', model: 'premium', node: 'mini' }])).toBe(lastCode(direct));
  });

  test('the projection learns neither from an unknown outcome nor from a model that was asked after a rejected reply', () => {
    expect(lastCode(direct, 'unknown')).toBe('11:55');
    expect(lastCode([...direct, { kind: 'escalation', model: 'premium', node: 'premium after mini' }])).toBe('11:55');
  });
});
