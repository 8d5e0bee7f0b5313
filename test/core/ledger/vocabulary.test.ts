import { describe, expect, test } from 'vitest';
import {
  describeNode,
  modelOfNode,
  nodeAfterOutage,
  nodeAfterRejection,
  nodeBeforeOutage,
  nodeOf,
  planKey,
  planOfKey,
} from '../../../src/core/ledger/vocabulary.ts';

describe('plan keys', () => {
  test.each([['mini'], ['mini>premium'], ['mini>mid>premium']])(
    'the key %s and its plan convert into each other without loss',
    key => {
      expect(planKey(planOfKey(key))).toBe(key);
      expect(planOfKey(key)).toEqual(key.split('>'));
    },
  );
});

describe('node keys', () => {
  test('a node is the path to it: a model asked first is a different node than the same model after a rejection', () => {
    const plan = ['mini', 'mid', 'premium'];
    expect([0, 1, 2].map(index => nodeOf(plan, index))).toEqual(['mini', 'mini>mid', 'mini>mid>premium']);
    expect(nodeAfterRejection(nodeOf(plan, 0), 'mid')).toBe(nodeOf(plan, 1));
  });

  test('the model of a node is its last one, after rejections and after outages', () => {
    expect(['premium', 'mini>premium', 'mini!premium', 'a>b!c>premium'].map(modelOfNode)).toEqual(
      Array(4).fill('premium'),
    );
  });

  test('an outage leaves the position in the plan as it was, however many substitutes follow', () => {
    const position = nodeAfterRejection('a', 'b');
    const substitute = nodeAfterOutage(nodeAfterOutage(position, 'c'), 'd');
    expect(nodeBeforeOutage(position)).toBe(position);
    expect(nodeBeforeOutage(substitute)).toBe(position);
  });

  test('the description of a node distinguishes a rejection from an outage', () => {
    expect(describeNode('premium')).toBe('premium');
    expect(describeNode(nodeAfterRejection('mini', 'premium'))).toBe('premium after mini');
    expect(describeNode('mini>mid>premium')).toBe('premium after mini, mid');
    expect(describeNode('mini>mini')).toBe('mini after an alarm');
    expect(describeNode(nodeAfterOutage('mini', 'premium'))).toBe('premium while mini was unavailable');
  });
});
