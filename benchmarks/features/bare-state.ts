/**
 * The control for many features: a bare object per feature, without a router, with the data that a call reads and changes. With thousands
 * of features, none is in the processor's caches when its turn comes; with two, both are.
 */
import type { Cell } from '../../src/core/cells/cell.ts';
import { addInto } from '../../src/core/cells/sums.ts';
import { ROUTING_SUMS, WIDTH } from '../../src/core/beliefs/routing-sums.ts';

/** Rows of the table that a feature with few outcomes draws from. */
const ROWS = 64;
const MODELS = 2;

const delta = Object.fromEntries(ROUTING_SUMS.slice(0, 6).map((name, index) => [name, BigInt(index + 1)]));

/** Per model: a cell of its node and one of its plan, sums as floats, and a column of the table. */
function bareState(feature: string) {
  return Array.from({ length: MODELS }, (_, model) => {
    const key = { scope: 'node', feature, segment: '', subject: `model-${model}`, version: 'v', bucket: 1 } as const;
    const cells: readonly Cell[] = [
      { key, sums: { ...delta } },
      { key: { ...key, scope: 'plan' }, sums: { ...delta } },
    ];
    return {
      cells: new Map(cells.map(cell => [`${cell.key.scope} ${feature} ${model}`, cell])),
      running: new Float64Array(WIDTH),
      total: new Float64Array(WIDTH),
      draws: new Float64Array(ROWS),
    };
  });
}

/** @returns a function that reads and changes the state of one feature after the other */
export function bareStates(features: number): () => void {
  const names = Array.from({ length: features }, (_, index) => `bare-${index}`);
  const states = new Map(names.map(name => [name, bareState(name)]));
  let calls = 0;
  return () => {
    const name = names[calls++ % features] ?? '';
    for (const [model, { cells, running, total, draws }] of (states.get(name) ?? []).entries()) {
      for (const scope of ['node', 'plan']) addInto(cells.get(`${scope} ${name} ${model}`)?.sums ?? {}, delta);
      for (let index = 0; index < WIDTH; index++) {
        running[index] = (running[index] ?? 0) + 1;
        total[index] = (total[index] ?? 0) + 1;
      }
      draws[calls % ROWS] = total[0] ?? 0;
    }
  };
}
