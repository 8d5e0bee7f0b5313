/** Names for corrections of the statistics ({@link Store.correctCells}). */
import type { Cell } from '../core/cells/cell.ts';
import { cellKeyString, SUM_NAMES } from '../core/cells/cell.ts';
import { sha256Of } from '../sha-256.ts';

/**
 * Names a correction after the cells that it is made of: a process that finds the same cells gives it the same name.
 */
export function correctionId(what: string, cells: readonly Cell[]): string {
  const lines = cells.map(({ key, sums }) => [cellKeyString(key), ...SUM_NAMES.map(name => sums[name])].join('\t'));
  return `${what} ${sha256Of(lines.sort().join('\n'), 'hex')}`;
}
