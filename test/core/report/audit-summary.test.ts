import { expect, test } from 'vitest';
import { wilson } from '../../../src/core/math/interval.ts';
import { auditSummary } from '../../../src/core/report/audit-summary.ts';

test('a summary counts the audits that agree with the other evidence, on success and on failure', () => {
  const audits = { audited: 10n, auditedSuccesses: 6n, auditedProxySuccesses: 7n, auditedBothSuccesses: 5n };
  // Both say success 5 times; the audit alone once, the other evidence alone twice; so both say failure twice.
  expect(auditSummary({ labelled: 100n, successes: 80n, ...audits })).toEqual({
    audited: 10,
    agreed: 7,
    uncorrected: wilson(80, 100),
  });
});

test('without audits there is no summary', () => {
  expect(auditSummary({ labelled: 100n, successes: 80n })).toBeUndefined();
});
