/** A line of a plot over time. */
export interface PlotLine {
  readonly name: string;
  /** Index in the palette. */
  readonly colour: number;
  readonly values: readonly (number | null)[];
  /** Fills the area below the line. */
  readonly filled?: boolean;
  /** Draws points without a line between them. */
  readonly points?: boolean;
  /** Drawn thin, as the edge of an interval. */
  readonly edge?: boolean;
}
