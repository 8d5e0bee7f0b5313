import { expect, test } from 'vitest';
import {
  auditedNote,
  notEligibleNote,
  notEligibleRefusal,
  otherCachesNote,
  tooRecentNote,
  withoutOutcomeNote,
} from '../../../src/core/report/not-eligible.ts';

test('a replay leaves out up to 5 % of the decisions with a note, and refuses above that', () => {
  expect(notEligibleRefusal({ notEligible: 0, decisions: 0 })).toBeUndefined();
  expect(notEligibleRefusal({ notEligible: 50, decisions: 1_000 })).toBeUndefined();
  expect(notEligibleRefusal({ notEligible: 51, decisions: 1_000 })).toContain('51 of 1,000 decisions (5.1 %; at most');
});

test('the note says how many decisions are left out and which intents the estimate covers, if any is left out', () => {
  expect(notEligibleNote('always premium', { notEligible: 0, decisions: 10 })).toBeUndefined();
  const note = notEligibleNote('always premium', { notEligible: 40, decisions: 1_000 });
  expect(note).toContain(
    '40 of 1,000 decisions are left out: the plan that always premium would have chosen was not eligible',
  );
  expect(note).toContain('covers the other intents only');
});

test('a note counts the decisions that are too recent, where there are any', () => {
  expect(tooRecentNote({ tooRecent: 0 })).toBeUndefined();
  expect(tooRecentNote({ tooRecent: 1200 })).toBe(
    'The last 1,200 decisions are left out: outcomes may still be on the way.',
  );
  expect(tooRecentNote({ tooRecent: 1 })).toMatch(/^The last decision is left out/);
});

test('a note gives the part of the intents without an outcome, if there are any', () => {
  const estimate = { kind: 'estimate', intents: 1500 };
  expect(withoutOutcomeNote({ withoutOutcome: 0, estimate })).toBeUndefined();
  expect(withoutOutcomeNote({ withoutOutcome: 500, estimate })).toMatch(
    /^500 of 2,000 intents \(25\.0 %\) have no outcome and are left out\.$/,
  );
  const ratio = { low: 0.5, high: 1.25 };
  expect(withoutOutcomeNote({ withoutOutcome: 500, estimate, allowed: { ratio } })).toMatch(
    /left out\. The intervals allow for failed intents having an outcome 0\.80 to 2\.00 times as often as successful ones: more/,
  );
  expect(withoutOutcomeNote({ withoutOutcome: 500, estimate, allowed: {} })).toMatch(
    /left out\. The intervals allow for any of these having failed, from none to all/,
  );
  const refused = { kind: 'refused', intents: 1500 };
  expect(withoutOutcomeNote({ withoutOutcome: 500, estimate: refused, allowed: {} })).toMatch(/left out\.$/);
  expect(withoutOutcomeNote({ withoutOutcome: 1, estimate })).toContain('has no outcome and is left out');
});

test('a note says how often audits agreed with the other labels, where there are audits', () => {
  expect(auditedNote({})).toBeUndefined();
  expect(auditedNote({ audits: { audited: 1076, agreed: 49 } })).toMatch(
    /^1,076 intents were audited; the other labels agreed with 49 of them\. Success rates and costs/,
  );
});

test('decisions whose caches differ from those that a single plan would have left are counted', () => {
  expect(otherCachesNote({ otherCaches: 0 })).toBeUndefined();
  expect(otherCachesNote({ otherCaches: 1 })).toMatch(/^1 decision in sessions met a prompt cache/);
  expect(otherCachesNote({ otherCaches: 1200 })).toMatch(/^1,200 decisions in sessions met a prompt cache/);
});
