import { describe, expect, test } from 'vitest';
import type { Cell, Sums } from '../../../src/core/cells/cell.ts';
import { sessionNotes } from '../../../src/core/report/session-words.ts';

const cell = (scope: 'node' | 'plan', sums: Sums): Cell => ({
  key: { scope, feature: 'f', segment: '', subject: 'mini', version: '', bucket: 1 },
  sums,
});

describe('what an explanation says of sessions', () => {
  test('the sentence states what intents of known sessions were billed, and how much of it was for the conversation', () => {
    const known = { withPrefix: 4n, prefixCost: 120_000_000n, netCost: 40_000_000n };
    const cells = [cell('plan', { n: 9n, cost: 10n ** 9n, ...known }), cell('plan', { n: 5n }), cell('node', known)];
    expect(sessionNotes(cells, true)).toEqual([
      expect.stringMatching(
        /^4 intents were in a known session: .* was \$0\.030* of the \$0\.040* that each was billed, for which the figures above have what each plan would cost if it served whole sessions/,
      ),
    ]);
    expect(sessionNotes([cell('plan', { ...known, withPrefix: 1n })], false)).toEqual([
      expect.stringMatching(/^1 intent was .* in the figures above, as billed, because a price is not known/),
    ]);
  });

  test('there is no sentence where no session is known', () => {
    expect(sessionNotes([cell('plan', { n: 9n, cost: 10n ** 9n })], true)).toEqual([]);
  });
});
