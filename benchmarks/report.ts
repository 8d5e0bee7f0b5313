/** Quartiles and a text table, for the output of every benchmark. */
import { renderTable } from '../src/cli/text/table.ts';

export interface Quartiles {
  readonly lower: number;
  readonly median: number;
  readonly upper: number;
}

/** Quartiles by linear interpolation. @throws RangeError for no values */
export function quartiles(values: readonly number[]): Quartiles {
  if (values.length === 0) throw new RangeError('quartiles of nothing');
  const sorted = [...values].sort((a, b) => a - b);
  const at = (share: number): number => {
    const position = share * (sorted.length - 1);
    const below = sorted[Math.floor(position)] as number;
    return below + (position % 1) * ((sorted[Math.ceil(position)] as number) - below);
  };
  return { lower: at(0.25), median: at(0.5), upper: at(0.75) };
}

/** Aligns the first column to the left and figures to the right. */
export function table(titles: readonly string[], rows: readonly (readonly string[])[]): string {
  return renderTable(
    titles.map((title, i) => ({ title, align: i === 0 ? 'left' : 'right' })),
    rows,
  );
}
