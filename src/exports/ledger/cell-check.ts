/** Checks a cell of the pruned base that comes from a file. */
import { accepting, recordOf } from '../../argument-checks.ts';
import { isCellKey } from '../../core/cells/cell.ts';

const cellKey = accepting(
  'scope, feature, segment, node or plan, version and hour, separated by tabs',
  value => typeof value === 'string' && isCellKey(value),
);
const cellSums = recordOf(
  'sums by name',
  accepting('a whole number as text', value => typeof value === 'string' && /^\d+$/.test(value)),
);

/** A cell of the pruned base, as a line of an export contains it. */
export interface WrittenCell {
  readonly key: string;
  readonly sums: Readonly<Record<string, string>>;
}

/** @throws RouterError `invalid-value` with the path of anything that does not belong to a cell */
export function checkCell(line: object): asserts line is WrittenCell {
  const { key, sums } = line as Partial<WrittenCell>;
  cellKey(key, 'key');
  cellSums(sums, 'sums');
}
