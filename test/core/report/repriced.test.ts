import { expect, test } from 'vitest';
import { repricedModels } from '../../../src/core/report/repriced.ts';
import { versionServedBy } from '../../../src/core/cells/served-version.ts';
import { cellsOf, made, many } from '../support/cells.ts';

const at = (...versions: readonly string[]) => cellsOf(versions.map(version => made({ versions: { mini: version } })));

test('a model is repriced when its visits were at more than one price, whatever model and prompt it was', () => {
  expect(repricedModels(at('mini-1@aaaa$1', 'mini-1@bbbb$2', 'mini-1@bbbb$2'))).toEqual([{ model: 'mini', prices: 2 }]);
  expect(repricedModels(at('mini-1@aaaa$1+v1', 'mini-2@bbbb$2+v2', 'mini-2@cccc$3'))).toEqual([
    { model: 'mini', prices: 3 },
  ]);
});

test('a new prompt, the hours of a tariff or an earlier form of the version do not count as another price', () => {
  expect(repricedModels(at('mini-1@aaaa$1+v1', 'mini-1@aaaa$1+v2'))).toEqual([]);
  expect(repricedModels(at('mini-1@aaaa$1', 'mini-1@aaaa$2', 'mini-1@aaaa'))).toEqual([]);
  expect(repricedModels(at('mini-1@aaaa', versionServedBy('mini-1@bbbb', 'mini-2')))).toEqual([]);
  expect(repricedModels(cellsOf(many(3, {})))).toEqual([]);
});
