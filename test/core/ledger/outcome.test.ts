import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { resolveOutcome } from '../../../src/core/ledger/outcome.ts';
import type { Evidence } from '../../../src/core/ledger/vocabulary.ts';
import { EVIDENCE_SOURCES, PENDING } from '../../../src/core/ledger/vocabulary.ts';
import { anyEvidence } from '../support/intents.ts';

const evidenceOf = (source: Evidence['source'], success: boolean | null, more: Partial<Evidence> = {}): Evidence => ({
  source,
  success,
  ...more,
});

describe('precedence', () => {
  test('audit outranks explicit, explicit outranks implicit, implicit outranks a return, a return outranks silence, whatever the order', () => {
    fc.assert(
      fc.property(fc.shuffledSubarray([0, 1, 2, 3, 4], { minLength: 1 }), ranks => {
        const highest = Math.max(...ranks);
        const evidence = ranks.map(rank => evidenceOf(EVIDENCE_SOURCES[rank]!, rank === highest));
        expect(resolveOutcome(evidence)).toMatchObject({ state: 'success', source: EVIDENCE_SOURCES[highest] });
      }),
    );
  });

  test('the sources are listed from silence, return, implicit and explicit to audit, in rising rank', () => {
    expect(EVIDENCE_SOURCES).toEqual(['silence', 'return', 'implicit', 'explicit', 'audit']);
  });

  test('the last of several pieces of evidence from one source counts', () => {
    expect(resolveOutcome([evidenceOf('explicit', true), evidenceOf('explicit', false)]).state).toBe('failure');
    expect(resolveOutcome([evidenceOf('explicit', false), evidenceOf('explicit', true)]).state).toBe('success');
  });

  test('repeating the last evidence changes nothing', () => {
    fc.assert(
      fc.property(fc.array(anyEvidence, { minLength: 1 }), evidence => {
        expect(resolveOutcome([...evidence, evidence.at(-1)!])).toEqual(resolveOutcome(evidence));
      }),
    );
  });
});

describe('withdrawal', () => {
  test('a withdrawal removes only evidence from the same source', () => {
    expect(
      resolveOutcome([evidenceOf('implicit', true), evidenceOf('explicit', false), evidenceOf('explicit', null)]),
    ).toMatchObject({
      state: 'success',
      source: 'implicit',
    });
    expect(resolveOutcome([evidenceOf('explicit', false), evidenceOf('explicit', null)])).toEqual(PENDING);
  });
});

describe('silence', () => {
  test('an intent without evidence is pending, not failed', () => {
    expect(resolveOutcome([])).toEqual(PENDING);
  });

  test('a window that ended without an answer gives an unknown outcome, never a success', () => {
    const unknown = { state: 'unknown', source: 'silence', escalated: false };
    expect(resolveOutcome([evidenceOf('silence', null)])).toEqual(unknown);
  });

  test('evidence from another source outranks the end of the window, before and after it', () => {
    expect(resolveOutcome([evidenceOf('silence', null), evidenceOf('implicit', false)]).state).toBe('failure');
    expect(resolveOutcome([evidenceOf('explicit', true), evidenceOf('silence', null)]).state).toBe('success');
  });
});

test('cost and escalation come from the evidence that decides the outcome, and from no other', () => {
  const outcome = resolveOutcome([
    evidenceOf('implicit', false, { costNanoUsd: 1, escalated: true }),
    evidenceOf('explicit', false, { costNanoUsd: 2 }),
  ]);
  expect(outcome).toEqual({ state: 'failure', source: 'explicit', escalated: false, costNanoUsd: 2 });
  expect(resolveOutcome([evidenceOf('explicit', false, { escalated: true })]).escalated).toBe(true);
});
