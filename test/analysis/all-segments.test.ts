import { expect, test } from 'vitest';
import { nodesOfOneSegment, ofAllSegments } from '../../src/analysis/all-segments.ts';
import { createLearnedFeature } from '../../src/core/beliefs/learned-feature.ts';
import { cellsOf, FAILURE, many, SUCCESS } from '../core/support/cells.ts';
import { AT_MS } from '../core/support/intents.ts';

const learning = { feature: 'f', plans: [['mini'], ['premium']], priorCostUsd: { mini: 0.01, premium: 0.1 } };
const cells = cellsOf(many(30, { evidence: [SUCCESS] }), many(10, { evidence: [FAILURE] }));
const inSegment = (segment: string) => cells.map(cell => ({ ...cell, key: { ...cell.key, segment } }));

test('without segments, the belief over all segments is the very belief by which the router decides', () => {
  const learned = createLearnedFeature(learning);
  learned.replace(cells);
  expect(ofAllSegments({ learned, learning }, {}, cells)).toBe(learned.segment(''));
});

test('segments are learned together, with the priors that the router has', () => {
  const learned = createLearnedFeature(learning);
  const all = [...inSegment('k=a'), ...inSegment('k=b')];
  learned.replace(all);
  learned.setPriors({ premium: { a: 9, b: 1, likeness: 1 } });
  const [mini, premium] = ofAllSegments({ learned, learning }, {}, all).posterior(AT_MS).nodes;
  expect(mini?.n).toBeCloseTo(80, 0);
  expect(premium?.ended.a).toBeCloseTo(9, 6);
  expect(premium?.ended.b).toBeCloseTo(1, 6);
  const nodes = all.filter(({ key }) => key.scope === 'node');
  expect(nodesOfOneSegment(all)).toEqual(nodes.map(({ key, sums }) => ({ key: { ...key, segment: '' }, sums })));
});
