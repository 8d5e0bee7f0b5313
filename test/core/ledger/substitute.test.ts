import { expect, test } from 'vitest';
import { nodeReplacedBy } from '../../../src/core/ledger/substitute.ts';
import { ACCEPTED, attempt, REJECTED } from '../support/intents.ts';

const at = (node: string, requestId: string, more: object = {}) => attempt(node, 1, { requestId, ...more });

test('a model beyond the plan replaces the node whose reply broke the schema, in this turn and in later ones', () => {
  const attempts = [at('mini', 'r1', REJECTED), at('mini>premium', 'r1'), at('mini>premium', 'r2')];
  expect(nodeReplacedBy('mini>premium', ['mini'], attempts)).toBe('mini');
  expect(nodeReplacedBy('mini', ['mini'], attempts)).toBe('mini');
});

test('the substitute of a substitute replaces the first model, whether the substitute broke the schema or was unavailable', () => {
  const broken = [at('mini', 'r1', REJECTED), at('mini>mid', 'r1', REJECTED), at('mini>mid>premium', 'r1')];
  expect(nodeReplacedBy('mini>mid>premium', ['mini'], broken)).toBe('mini');
  const down = [
    at('mini', 'r1', REJECTED),
    at('mini>mid', 'r1', { status: 'provider-fault' }),
    at('mini>mid!premium', 'r1'),
  ];
  expect(nodeReplacedBy('mini>mid!premium', ['mini'], down)).toBe('mini');
});

test('a model beyond a plan of two models replaces the second, while the second model itself belongs to the plan', () => {
  const attempts = [at('mini', 'r1', REJECTED), at('mini>mid', 'r1', REJECTED), at('mini>mid>premium', 'r1')];
  expect(nodeReplacedBy('mini>mid>premium', ['mini', 'mid'], attempts)).toBe('mini>mid');
  expect(nodeReplacedBy('mini>mid', ['mini', 'mid'], attempts)).toBe('mini>mid');
});

test('a model that answers because a node has used up its turns replaces no node', () => {
  const attempts = [at('mini', 'r1', REJECTED), at('mini>premium', 'r2', ACCEPTED)];
  expect(nodeReplacedBy('mini>premium', ['mini'], attempts)).toBe('mini>premium');
});

test('a model that answers after an outage replaces no node', () => {
  const attempts = [at('mini', 'r1', { status: 'provider-fault' }), at('mini!premium', 'r1')];
  expect(nodeReplacedBy('mini!premium', ['mini'], attempts)).toBe('mini!premium');
});
