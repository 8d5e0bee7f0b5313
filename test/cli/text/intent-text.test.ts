import { expect, test } from 'vitest';
import { summaryOf } from '../../../src/analysis/intent-summary.ts';
import { renderIntent, renderIntents } from '../../../src/cli/text/intent-text.ts';
import { FAILED_AFTER_ESCALATION } from '../../core/support/failed-intent.ts';
import { AT_MS } from '../../core/support/intents.ts';
import { made } from '../../core/support/cells.ts';

test('one intent shows why each attempt ended as it did, and what was cached, estimated or served by another model', () => {
  const text = renderIntent(FAILED_AFTER_ESCALATION);
  expect(text).toMatch(/first +│ mini +│ ok +│ rejected by schema +│ +100 ms │ +1,000 │ +20 │/);
  expect(text).toMatch(/premium \(served by gpt-5-pro\) │ provider-fault 503/);
  expect(text).toContain('$0.0090 (estimated)');
  expect(text).toMatch(/implicit +│ failure, a person took over, it cost \$22\.50 +│ thumbs = down/);
  expect(text).toContain('$22.50, as recorded');
});

test('an intent without an attempt or an outcome says what a failure would cost', () => {
  const text = renderIntent(made({ attempts: [] }));
  expect(text).toContain('No attempt was made.');
  expect(text).toContain('$15.00 if it fails');
  expect(text).toMatch(/Outcome +pending/);
});

test('a list shows times in UTC, and says when it is cut off', () => {
  const text = renderIntents([summaryOf(FAILED_AFTER_ESCALATION)], true);
  expect(text).toContain(new Date(AT_MS).toISOString().slice(0, 16).replace('T', ' '));
  expect(text).toContain('There are more than 1');
});
