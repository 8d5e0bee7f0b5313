import { expect, test } from 'vitest';
import type { Evidence } from '../../src/core/vocabulary.ts';
import { log } from '../../src/observers/log.ts';
import { intentWith, settledRecord } from './fixtures.ts';

function written(tell: (observer: ReturnType<typeof log>) => void): readonly string[] {
  const lines: string[] = [];
  tell(log({ write: line => lines.push(line) }));
  return lines;
}

test.each<[Evidence, string]>([
  [
    { source: 'explicit', success: true, signal: 'stars', value: 5 },
    'support.reply int_7 success by explicit stars=5: mini>premium, 2 attempts, $0.01294',
  ],
  [{ source: 'silence', success: true }, 'support.reply int_7 success by silence: mini>premium, 2 attempts, $0.01294'],
  [
    { source: 'implicit', success: false, signal: 'contactedSupport' },
    'support.reply int_7 failure by implicit contactedSupport: mini>premium, 2 attempts, $0.01294',
  ],
])('an outcome is one line: %j', (evidence, line) => {
  expect(written(observer => observer.settled?.(settledRecord(evidence), intentWith(evidence)))).toEqual([line]);
});

test('a fault is one line with its place', () => {
  const lines = written(observer => {
    observer.faulted?.({ where: 'store', feature: 'support.reply', intentId: 'int_7', error: new Error('disk full') });
    observer.faulted?.({ where: 'policy', error: 'odd' });
  });
  expect(lines).toEqual(['fault in store support.reply int_7: disk full', 'fault in policy: odd']);
});
