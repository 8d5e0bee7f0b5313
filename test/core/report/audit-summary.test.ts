import { expect, test } from 'vitest';
import type { Sums } from '../../../src/core/cells/cell.ts';
import { wilson } from '../../../src/core/math/interval.ts';
import { auditSummary, withoutAuditWords } from '../../../src/core/report/audit-summary.ts';

test('a summary counts the audits that agree with the other evidence, on success and on failure', () => {
  const audits = { audited: 10n, auditedSuccesses: 6n, auditedProxySuccesses: 7n, auditedBothSuccesses: 5n };
  // Both say success 5 times; the audit alone once, the other evidence alone twice; so both say failure twice.
  expect(auditSummary({ labelled: 100n, successes: 80n, ...audits }, new Map())).toEqual({
    audited: 10,
    agreed: 7,
    uncorrected: wilson(80, 100),
  });
});

test('without audits there is no summary', () => {
  expect(auditSummary({ labelled: 100n, successes: 80n }, new Map())).toBeUndefined();
});

test('plans with outcomes and no audit are named', () => {
  const own = { labelled: 50n, successes: 40n };
  const byPlan = new Map<string, Sums>([
    ['mini', { ...own, audited: 5n }],
    ['premium', own],
    ['idle', { n: 3n }],
  ]);
  const summary = auditSummary({ labelled: 100n, successes: 80n, audited: 5n }, byPlan);
  expect(summary?.withoutAudit).toEqual(['premium']);
  expect(summary && withoutAuditWords(summary)).toBe(
    ' No outcome of “premium” was audited: its rate is not corrected, and cannot settle how it compares with the other plans.',
  );
  const audited = auditSummary(
    { labelled: 50n, successes: 40n, audited: 5n },
    new Map([['mini', { ...own, audited: 5n }]]),
  );
  expect(audited && withoutAuditWords(audited)).toBe('');
});
