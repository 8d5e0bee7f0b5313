/** A line of a plot over time. */
export interface PlotLine {
  readonly name: string;
  /** Index in the palette. */
  readonly colour: number;
  readonly values: readonly (number | null)[];
  /** Default: points joined by a line. `area`: filled down to 0. `edge`: the limit of an interval, not named in the legend. */
  readonly shape?: 'bars' | 'area' | 'edge';
}

/** A time to mark with a dashed line, and its label. */
export interface PlotMark {
  /** Seconds since the epoch. */
  readonly at: number;
  readonly label: string;
}
