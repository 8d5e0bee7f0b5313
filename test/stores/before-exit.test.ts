import { expect, test } from 'vitest';
import { beforeExit } from '../../src/stores/before-exit.ts';

const listeners = (): readonly unknown[] => process.listeners('beforeExit');

test('all steps are called by one listener, which is gone when no step is left', () => {
  const others = listeners();
  const called: string[] = [];
  const cancels = ['a', 'b', 'c'].map(name => beforeExit(() => void called.push(name)));
  const own = listeners().filter(listener => !others.includes(listener)) as (() => void)[];
  expect(own).toHaveLength(1);
  cancels[1]?.();
  own[0]?.();
  expect(called).toEqual(['a', 'c']);
  for (const cancel of cancels) cancel();
  expect(listeners()).toEqual(others);
});
