import { expect, test, vi } from 'vitest';
import type { Cell } from '../../../src/core/cells/cell.ts';
import { alerting } from '../../../src/engine/state/alerts.ts';
import type { Made } from '../../core/support/cells.ts';
import { cellsOf, FAILURE, many, SUCCESS } from '../../core/support/cells.ts';
import { resolvedFeature } from './resolved.ts';

const HEALTHY: Made = { evidence: [SUCCESS] };
const FAILING: Made = { evidence: [FAILURE] };

/** 12 intents an hour, healthy or failing. */
const cellsIn = (...hours: readonly Made[]): readonly Cell[] =>
  cellsOf(...hours.map((made, hour) => many(12, { ...made, hour })));
const repeated = (count: number, made: Made): readonly Made[] => Array.from({ length: count }, () => made);

test('drifts in the first read of a feature raise no alert, and each feature has its own first read', () => {
  const onDrift = vi.fn();
  const look = alerting({ onDrift });
  const drifted = cellsIn(...repeated(40, HEALTHY), ...repeated(40, FAILING));
  look({ ...resolvedFeature(), name: 'a' }, drifted);
  look({ ...resolvedFeature(), name: 'b' }, cellsIn(...repeated(40, HEALTHY)));
  expect(onDrift).not.toHaveBeenCalled();
  look({ ...resolvedFeature(), name: 'b' }, drifted);
  expect(new Set(onDrift.mock.calls.map(([event]) => event.feature))).toEqual(new Set(['b']));
});

test('without a listener no drift is searched for', () => {
  expect(() => alerting({})(resolvedFeature(), cellsIn(HEALTHY))).not.toThrow();
});
