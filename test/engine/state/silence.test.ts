import { expect, test } from 'vitest';
import type { Attempt, Evidence } from '../../../src/core/ledger/vocabulary.ts';
import { NOT_RETRIEVED } from '../../../src/core/ledger/vocabulary.ts';
import { dueAtMs } from '../../../src/engine/state/silence.ts';
import type { Made } from '../../core/support/cells.ts';
import { FAILURE, made } from '../../core/support/cells.ts';
import { attempt } from '../../core/support/intents.ts';
import { resolvedFeature } from './resolved.ts';

const START_MS = 1_000_000;

const reply = (more: Partial<Attempt> = {}): Attempt => attempt('mini', 1, { startedAtMs: START_MS, ...more });

/** When silence labels an intent of a feature whose silence means success after 30 seconds. */
function due(intent: Made, silence: object = { silence: { after: '30s', means: 'success' } }): number | null {
  return dueAtMs({ features: new Map([['f', resolvedFeature(silence)]]) }, made(intent));
}

test('the silence window starts at the end of the reply: after a reply that took 40 s, a window of 30 s ends at 70 s', () => {
  expect(due({ attempts: [reply({ latencyMs: 40_000 })] })).toBe(START_MS + 70_000);
});

test('the silence window starts at the last reply of the intent', () => {
  const later = reply({ startedAtMs: START_MS + 60_000, latencyMs: 5_000, turn: 2 });
  expect(due({ attempts: [reply(), later] })).toBe(START_MS + 95_000);
});

test('a failed attempt and a judge’s own call after the reply do not restart the silence window', () => {
  const late = { startedAtMs: START_MS + 60_000 };
  const attempts = [
    reply({ latencyMs: 2_000 }),
    reply({ ...late, status: 'provider-fault' }),
    reply({ ...late, kind: 'judge' }),
  ];
  expect(due({ attempts })).toBe(START_MS + 32_000);
});

test('the end of the silence window is rounded up to a millisecond, so that no intent is labelled early', () => {
  expect(due({ attempts: [reply({ latencyMs: 0.25 })] })).toBe(START_MS + 30_001);
});

test.each<[string, Made, object?]>([
  ['without a configured silence', { attempts: [reply()] }, {}],
  ['once evidence exists', { attempts: [reply()], evidence: [FAILURE] }],
  ['while no model has answered', { attempts: [reply({ status: 'timeout' })] }],
  ['before the first attempt', { attempts: [] }],
])('silence never labels an intent %s', (_, intent, silence) => {
  expect(due(intent, silence)).toBeNull();
});

test('silence labels an intent again if its outcome was revoked, or if a later turn withdrew the label of silence', () => {
  const revoked: Evidence = { source: 'explicit', success: null };
  const silent: Evidence = { source: 'silence', success: true };
  const withdrawn: Evidence = { source: 'silence', success: null, isWithdrawal: true };
  const attempts = [reply({ latencyMs: 0 })];
  for (const evidence of [
    [FAILURE, revoked],
    [silent, withdrawn],
    [silent, FAILURE, withdrawn, revoked],
  ])
    expect(due({ attempts, evidence })).toBe(START_MS + 30_000);
  // Silence counts again, and its evidence is recorded already.
  expect(due({ attempts, evidence: [silent, FAILURE, revoked] })).toBeNull();
});

test('silence never labels an intent of a feature that is not configured', () => {
  expect(dueAtMs({ features: new Map() }, made({ attempts: [reply()] }))).toBeNull();
});

test('silence does not begin before the last reply was retrieved', () => {
  const pending = reply({ unpriced: [NOT_RETRIEVED], turn: 2 });
  expect(due({ attempts: [reply(), pending] })).toBeNull();
  expect(due({ attempts: [reply(), { ...pending, status: 'aborted' }] })).toBeNull();
  expect(due({ attempts: [pending, reply()] })).toBe(due({ attempts: [reply()] }));
});
