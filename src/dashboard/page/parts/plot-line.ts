/** A line of a plot over time. */
export interface PlotLine {
  readonly name: string;
  /** Place in the palette. */
  readonly colour: number;
  readonly values: readonly (number | null)[];
  /** Fills down to the line before it. */
  readonly filled?: boolean;
  /** Points without a line between them. */
  readonly points?: boolean;
  /** Drawn thin, as the edge of an interval. */
  readonly edge?: boolean;
}
