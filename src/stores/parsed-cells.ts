/** Many cells that are read together, such as those of a year: what they share is read once. */
import type { CellKey, SumName, Sums } from '../core/cells/cell.ts';
import { isCellKey, parseCellKey } from '../core/cells/cell.ts';

/**
 * Reads the keys of many cells: their parts before the time are read once for each series of cells, which then share them.
 *
 * @returns a function that gives `undefined` for a text that is not in the format of `cellKeyString`
 */
export function cellKeyReader(): (text: string) => CellKey | undefined {
  const places = new Map<string, CellKey>();
  return text => {
    const start = text.lastIndexOf('\t') + 1;
    const [before, time] = [text.slice(0, start), text.slice(start)];
    let place = places.get(before);
    if (place === undefined) {
      if (!isCellKey(text)) return undefined;
      places.set(before, (place = parseCellKey(text)));
    } else if (!/^-?\d+[dw]?$/.test(time)) return undefined;
    const { scope, feature, segment, subject, version } = place;
    const bucket = Number.parseInt(time, 10);
    if (time.endsWith('d')) return { scope, feature, segment, subject, version, bucket, grain: 'day' };
    if (time.endsWith('w')) return { scope, feature, segment, subject, version, bucket, grain: 'week' };
    return { scope, feature, segment, subject, version, bucket };
  };
}

/**
 * Puts the numbers into the object that was parsed: another one for each of a year's cells would take twice the time.
 *
 * @throws SyntaxError for a value that is not a whole number
 */
export function decodeParsedSums(parsed: object): Sums {
  const sums = parsed as Partial<Record<SumName, string | bigint>>;
  for (const name in sums) sums[name as SumName] = integerOf(sums[name as SumName]);
  return sums as Partial<Record<SumName, bigint>>;
}

/** Half of a ledger's sums are counts below 1,000: one number for all that are equal takes less time and memory. */
const counts = new Map<string, bigint>();
const MAX_DIGITS = 3;

function integerOf(text: unknown): bigint {
  if (typeof text !== 'string' || text.length > MAX_DIGITS) return BigInt(text as string);
  let count = counts.get(text);
  if (count === undefined) counts.set(text, (count = BigInt(text)));
  return count;
}
