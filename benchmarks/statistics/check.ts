/** What every part of the benchmark reports: figures, each with its bar and its spread. */

export interface Figure {
  /** `regret: article`. */
  readonly name: string;
  readonly value: number;
  /** Standard error over seeds; absent where the figure is a maximum, a minimum or exact. */
  readonly standardError?: number;
  readonly unit: 'USD' | '%' | 'ns' | 'µs' | 'ms' | 'outcomes' | 'x' | 'p' | 'rate';
  /** The bar to reach; absent for a baseline that is shown for comparison. */
  readonly bar?: { readonly is: 'at most' | 'at least'; readonly value: number };
  /**
   * For a time with a bar: the bar of a smoke run, which a slow or busy machine may make. It does not follow the bar: code that becomes
   * faster does not make machines faster.
   */
  readonly smokeLimit?: number;
  readonly note?: string;
}

export interface Settings {
  /** One run each. Constants were chosen on seeds below 1,000,000; figures for a reader are of others. */
  readonly seeds: readonly number[];
  /** Called as work gets done. */
  readonly progress: (what: string) => void;
}

export interface Part {
  readonly name: string;
  run(settings: Settings): readonly Figure[];
}

/** The first 1/`divisor` of the seeds, at least four: for parts whose runs take long. */
export function fewer(seeds: readonly number[], divisor: number): readonly number[] {
  return seeds.slice(0, Math.max(4, Math.round(seeds.length / divisor)));
}

export function passes({ value, bar }: Pick<Figure, 'value' | 'bar'>): boolean {
  if (bar === undefined) return true;
  return bar.is === 'at most' ? value <= bar.value : value >= bar.value;
}

/** The value, or another number in the figure's unit, with as many digits as the unit needs. */
export function figureDigits({ value, unit }: Figure, x = value): string {
  if (unit === 'p' || unit === 'rate' || unit === 'x') return x.toPrecision(3);
  return x.toFixed(unit === 'USD' || unit === 'ns' || unit === 'outcomes' ? 0 : unit === 'ms' ? 3 : 2);
}

/** The value with its unit, if the unit has a symbol. */
export function figureText(figure: Figure): string {
  const { unit } = figure;
  return `${figureDigits(figure)}${unit === 'x' || unit === 'p' || unit === 'rate' ? '' : ` ${unit}`}`;
}

export interface Mean {
  readonly value: number;
  readonly standardError: number;
}

export function meanOf(values: readonly number[]): Mean {
  const n = values.length;
  const value = values.reduce((sum, x) => sum + x, 0) / n;
  const variance = values.reduce((sum, x) => sum + (x - value) ** 2, 0) / Math.max(1, n - 1);
  return { value, standardError: Math.sqrt(variance / n) };
}

export function atMost(value: number): NonNullable<Figure['bar']> {
  return { is: 'at most', value };
}

export function atLeast(value: number): NonNullable<Figure['bar']> {
  return { is: 'at least', value };
}
