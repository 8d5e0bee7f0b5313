import { expect, test } from 'vitest';
import type { Evidence } from '../../src/core/ledger/vocabulary.ts';
import { RouterError } from '../../src/errors.ts';
import { log } from '../../src/observers/log.ts';
import { intentWith, labelledRecord } from './fixtures.ts';
import type { Loose } from '../support/refusal.ts';
import { refusal } from '../support/refusal.ts';

function written(report: (observer: ReturnType<typeof log>) => void): readonly string[] {
  const lines: string[] = [];
  report(log({ write: line => lines.push(line) }));
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
])('the evidence %j is written as one line', (evidence, line) => {
  expect(written(observer => observer.labelled?.(labelledRecord(evidence), intentWith(evidence)))).toEqual([line]);
});

test('a fault is written as one line that names the failed part', () => {
  const lines = written(observer => {
    observer.faulted?.({ where: 'store', feature: 'support.reply', intentId: 'int_7', error: new Error('disk full') });
    observer.faulted?.({ where: 'policy', error: 'odd' });
  });
  expect(lines).toEqual(['fault in store support.reply int_7: disk full', 'fault in policy: odd']);
});

test('an error of a validator or provider is written by its name only, because its message may quote a reply or a key', () => {
  const lines: string[] = [];
  const observer = log({ write: line => lines.push(line) });
  observer.faulted?.({ where: 'validator', error: new SyntaxError('Unexpected token in "Hello Ms"') });
  observer.faulted?.({ where: 'judge', error: Object.assign(new Error('key sk-1'), { status: 401 }) });
  observer.faulted?.({ where: 'wire', error: new RouterError('invalid-config', 'mini does not take "top_k"') });
  expect(lines).toEqual([
    'fault in validator: SyntaxError',
    'fault in judge: Error 401',
    'fault in wire: mini does not take "top_k"',
  ]);
});

test.each<[string, readonly unknown[], string]>([
  ['no options', [], 'log'],
  ['a function for options', [() => undefined], 'log'],
  ['a misspelt option', [{ wite: () => undefined }], 'log.wite'],
  ['options without write', [{}], 'log.write'],
])('log() refuses %s and says where the mistake is', (_, given, path) => {
  const { code, path: found, accepted } = refusal(() => (log as Loose)(...given));
  expect([code, found]).toEqual(['invalid-value', path]);
  expect(accepted).toBeTruthy();
});
