import { expect, test } from 'vitest';
import { planGraph } from '../../../src/core/beliefs/plan-graph.ts';
import { planVisits } from '../../../src/core/sessions/plan-visits.ts';

const graph = planGraph([['mini'], ['mini', 'premium'], ['premium']]);
const of = (means: Readonly<Record<string, { climb?: number; requests?: number; prefixUsd?: number }>>) =>
  planVisits(
    graph,
    graph.nodes.map(node => ({ climb: 0, requests: 1, prefixUsd: 0, ...means[node] })),
  );

test('a plan visits a model as often as its intents reach that model’s node', () => {
  const { keys, models } = of({ mini: { climb: 0.25 } });
  const visits = (model: string) => models.find(each => each.model === model)?.visits;
  expect(keys).toEqual(['mini', 'mini>premium', 'premium']);
  expect([visits('mini'), visits('premium')]).toEqual([
    [1, 1, 0],
    [0, 0.25, 1],
  ]);
});

test('the later requests and prefixes of a plan are those of its nodes, weighted by how often its intents reach them', () => {
  const { models, prefixUsd } = of({
    mini: { climb: 0.25, requests: 3, prefixUsd: 0.001 },
    'mini>premium': { requests: 5, prefixUsd: 0.008 },
    premium: { requests: 2, prefixUsd: 0.004 },
  });
  expect(models.map(({ model, laterRequests }) => [model, laterRequests])).toEqual([
    ['mini', [2, 2, 0]],
    ['premium', [0, 1, 1]],
  ]);
  expect(prefixUsd).toEqual([0.001, 0.003, 0.004]);
});
