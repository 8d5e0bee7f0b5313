import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { resolveOutcome } from '../../../src/core/ledger/outcome.ts';
import type { Evidence } from '../../../src/core/ledger/vocabulary.ts';
import { EVIDENCE_SOURCES, PENDING } from '../../../src/core/ledger/vocabulary.ts';
import { anyEvidence } from '../support/intents.ts';

const say = (source: Evidence['source'], success: boolean | null, more: Partial<Evidence> = {}): Evidence => ({
  source,
  success,
  ...more,
});

describe('precedence', () => {
  test('audit outranks explicit, explicit outranks implicit, implicit outranks silence, whatever the order', () => {
    fc.assert(
      fc.property(fc.shuffledSubarray([0, 1, 2, 3], { minLength: 1 }), ranks => {
        const highest = Math.max(...ranks);
        const evidence = ranks.map(rank => say(EVIDENCE_SOURCES[rank]!, rank === highest));
        expect(resolveOutcome(evidence)).toMatchObject({ state: 'success', source: EVIDENCE_SOURCES[highest] });
      }),
    );
  });

  test('among equals the last one wins', () => {
    expect(resolveOutcome([say('explicit', true), say('explicit', false)]).state).toBe('failure');
    expect(resolveOutcome([say('explicit', false), say('explicit', true)]).state).toBe('success');
  });

  test('saying the same again changes nothing', () => {
    fc.assert(
      fc.property(fc.array(anyEvidence, { minLength: 1 }), evidence => {
        expect(resolveOutcome([...evidence, evidence.at(-1)!])).toEqual(resolveOutcome(evidence));
      }),
    );
  });
});

describe('withdrawal', () => {
  test('takes back what its own source said, and lets a lower one stand', () => {
    expect(resolveOutcome([say('implicit', true), say('explicit', false), say('explicit', null)])).toMatchObject({
      state: 'success',
      source: 'implicit',
    });
    expect(resolveOutcome([say('explicit', false), say('explicit', null)])).toEqual(PENDING);
  });
});

describe('silence', () => {
  test('no evidence is pending, not failure', () => {
    expect(resolveOutcome([])).toEqual(PENDING);
  });

  test('a window that ended without a word is unknown, and never a success', () => {
    expect(resolveOutcome([say('silence', null)]).state).toBe('unknown');
  });

  test('unless somebody speaks, before or after', () => {
    expect(resolveOutcome([say('silence', null), say('implicit', false)]).state).toBe('failure');
    expect(resolveOutcome([say('explicit', true), say('silence', null)]).state).toBe('success');
  });
});

test('the standing word brings its cost and its escalation, and no other word’s', () => {
  const outcome = resolveOutcome([
    say('implicit', false, { costNanoUsd: 1, escalated: true }),
    say('explicit', false, { costNanoUsd: 2 }),
  ]);
  expect(outcome).toEqual({ state: 'failure', source: 'explicit', escalated: false, costNanoUsd: 2 });
});
