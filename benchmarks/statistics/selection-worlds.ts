/** Worlds in which the segment of a request decides which of two plans is better for it. */

export type Pair = readonly [mini: number, premium: number];
/** From 0 to 1 over a run. */
export type OverTime<Value> = Value | ((time: number) => Value);

export interface Segment {
  readonly share: OverTime<number>;
  readonly success: OverTime<Pair>;
}

export interface SelectionWorld {
  readonly name: string;
  readonly segments: readonly Segment[];
  readonly costsUsd: Pair;
  /** Standard deviation of the logarithm of a cost; default 1. */
  readonly sigma?: number;
  readonly failureCostUsd: number;
  /** Fraction of the intents that do not follow what was best so far in their segment; default 0.2. */
  readonly explored?: number;
  /** Fraction of users whose failures cost 20 times as much. */
  readonly valuable?: number;
  /** Both plans would cost the same for all requests. */
  readonly isTie?: boolean;
  /** Shown without a bar. */
  readonly isBeyond?: boolean;
}

const EASY_AND_HARD = [
  { share: 0.5, success: [0.95, 0.93] },
  { share: 0.5, success: [0.4, 0.93] },
] as const satisfies readonly Segment[];
const ARTICLE: Pick<SelectionWorld, 'costsUsd' | 'failureCostUsd'> = { costsUsd: [0.005, 0.15], failureCostUsd: 2 };
const TIE: Pick<SelectionWorld, 'costsUsd' | 'failureCostUsd' | 'isTie'> = {
  costsUsd: [0.01, 0.01],
  failureCostUsd: 2,
  isTie: true,
};
const MOSTLY_EASY = { share: 0.94, success: [0.95, 0.93] } as const;

export const SELECTION_WORLDS: readonly SelectionWorld[] = [
  { name: 'easy and hard', segments: EASY_AND_HARD, ...ARTICLE },
  { name: 'easy and hard, hardly explored', segments: EASY_AND_HARD, ...ARTICLE, explored: 0.03 },
  { name: 'a rare hard segment', segments: [MOSTLY_EASY, { share: 0.06, success: [0.2, 0.9] }], ...ARTICLE },
  {
    name: 'eight segments, four of them rare',
    segments: [0.3, 0.22, 0.15, 0.09, 0.06, 0.06, 0.06, 0.06].map((share, i) => ({
      share,
      success: [0.98 - 0.09 * i, 0.97 - 0.02 * i],
    })),
    ...ARTICLE,
  },
  {
    name: 'success nearly certain in a rare segment',
    segments: [MOSTLY_EASY, { share: 0.06, success: [0.7, 0.995] }],
    ...ARTICLE,
  },
  { name: 'costs with heavy tails', segments: EASY_AND_HARD, costsUsd: [0.01, 0.03], sigma: 2, failureCostUsd: 0.02 },
  { name: 'one user in 20 at 20 times', segments: EASY_AND_HARD, ...ARTICLE, valuable: 0.05 },
  {
    name: 'the mix of segments drifts',
    segments: EASY_AND_HARD.map((segment, i) => ({
      ...segment,
      share: (time: number) => (i === 0 ? 0.9 - 0.8 * time : 0.1 + 0.8 * time),
    })),
    ...ARTICLE,
  },
  {
    name: 'hard requests become harder, for both plans',
    segments: [EASY_AND_HARD[0], { share: 0.5, success: time => [0.6 - 0.3 * time, 0.95 - 0.2 * time] }],
    ...ARTICLE,
  },
  {
    name: 'the winner of a segment changes half-way',
    segments: [EASY_AND_HARD[0], { share: 0.5, success: time => (time < 0.5 ? [0.4, 0.93] : [0.95, 0.3]) }],
    ...ARTICLE,
  },
  {
    name: 'the winner of a segment changes slowly',
    segments: [EASY_AND_HARD[0], { share: 0.5, success: time => [0.4 + 0.55 * time, 0.93 - 0.5 * time] }],
    ...ARTICLE,
    isBeyond: true,
  },
  {
    name: 'a tie, the winners opposite',
    segments: [
      { share: 0.5, success: [0.95, 0.85] },
      { share: 0.5, success: [0.6, 0.7] },
    ],
    ...TIE,
  },
  {
    name: 'a tie, decided by a rare segment',
    segments: [
      { share: 0.94, success: [0.95, 0.92] },
      { share: 0.06, success: [0.43, 0.9] },
    ],
    ...TIE,
  },
];

/** The value at a time from 0 to 1. */
export function at<Value extends number | Pair>(value: OverTime<Value>, time: number): Value {
  return typeof value === 'function' ? value(time) : value;
}
