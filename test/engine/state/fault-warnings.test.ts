import { expect, test, vi } from 'vitest';
import { RouterError } from '../../../src/errors.ts';
import { lossWarning, storeWarning } from '../../../src/engine/state/fault-warnings.ts';

function warningsOf(make: typeof lossWarning, observers: Parameters<typeof lossWarning>[0]): readonly unknown[][] {
  const emit = vi.spyOn(process, 'emitWarning').mockImplementation(() => {});
  const warn = make(observers);
  warn(new RouterError('store-unusable', 'the disk is full', { path: 'router.db' }));
  warn(new Error('another'));
  const { calls } = emit.mock;
  emit.mockRestore();
  return calls;
}

const WARNINGS = [
  ['of a loss', lossWarning, 'OUTCOMES_NOT_STORED'],
  ['of a store that fails', storeWarning, 'STORE_FAILS'],
] as const;

test.each(WARNINGS)(
  'without an observer that takes faults, the first error %s is one warning that names the store, and later errors print nothing',
  (_, make, code) => {
    const calls = warningsOf(make, [{ name: 'deaf' }]);
    expect(calls).toHaveLength(1);
    expect(calls[0]).toEqual([
      expect.stringContaining('router.db: the disk is full'),
      expect.objectContaining({ code }),
    ]);
  },
);

test.each(WARNINGS)('nothing is printed %s where an observer takes faults', (_, make) => {
  expect(warningsOf(make, [{ name: 'log', faulted: () => {} }])).toEqual([]);
});
