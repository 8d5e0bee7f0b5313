import { expect, test, vi } from 'vitest';
import { RouterError } from '../../../src/errors.ts';
import { lossWarning } from '../../../src/engine/state/loss-warning.ts';

function warningsOf(observers: Parameters<typeof lossWarning>[0]): readonly unknown[][] {
  const emit = vi.spyOn(process, 'emitWarning').mockImplementation(() => {});
  const warn = lossWarning(observers);
  warn(new RouterError('store-unusable', 'the disk is full', { path: 'router.db' }));
  warn(new Error('another'));
  const { calls } = emit.mock;
  emit.mockRestore();
  return calls;
}

test('without an observer that takes faults, the first loss is one warning that names the store', () => {
  const calls = warningsOf([{ name: 'deaf' }]);
  expect(calls).toHaveLength(1);
  expect(calls[0]).toEqual([expect.stringContaining('router.db: the disk is full'), expect.anything()]);
});

test('nothing is printed where an observer takes faults', () => {
  expect(warningsOf([{ name: 'log', faulted: () => {} }])).toEqual([]);
});
