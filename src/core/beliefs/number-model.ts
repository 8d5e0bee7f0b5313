/**
 * How the numbers of requests are coded, and what their codes predict: only applications that use numbers load this
 * file.
 */
import type { CodedSegments } from './coded-segment.ts';
import { codedSegments } from './coded-segment.ts';
import type { FeatureNumbers } from './feature-numbers.ts';
import { featureNumbers } from './feature-numbers.ts';
import type { SegmentHistory } from './learned-segment.ts';
import { readNumbers } from './number-input.ts';
import type { NodeKey } from '../ledger/vocabulary.ts';

export interface NumberModel {
  /** Checks what an application gives. @throws RouterError `invalid-value` */
  read(this: void, value: unknown, at: { readonly count: number; readonly path: string }): ArrayLike<number>;
  feature(this: void, count: number, models: readonly string[]): FeatureNumbers;
  segments(this: void, climbing: ReadonlySet<NodeKey>, baseOf: (name: string) => SegmentHistory): CodedSegments;
}

/** Made by `numbers()` of `outcome-router/policies`: numbers that every intent gives, whose effect is learned. At most one per feature. */
export interface NumbersContext {
  readonly numbers: number;
  readonly model: NumberModel;
}

export const NUMBER_MODEL: NumberModel = Object.freeze({
  read: readNumbers,
  feature: featureNumbers,
  segments: codedSegments,
});
