/**
 * Numbers about a request as a short code of levels: only that leaves this file. One number has a level between cut points, which are
 * the quantiles of the numbers so far: whatever its scale, and wherever it drifts. Of several numbers, as of an embedding, the levels
 * are those of the two that a projection has learnt.
 */
import {
  MAX_UNLABELLED_NUMBERS,
  MIN_NUMBERS_TO_CUT,
  PROJECTED_LEVELS,
  PROJECTED_STEP_LOGITS,
  REMEMBERED_NUMBERS,
  SCORE_LEVELS,
} from './number-constants.ts';
import type { LearnedProjection } from './learned-projection.ts';
import { learnedProjection } from './learned-projection.ts';
import { numberCode } from '../ledger/number-code.ts';

export interface NumberCoder {
  /** The code of an intent's numbers (see number-code.ts); `undefined` for the first ones, which show what is usual. */
  code(numbers: ArrayLike<number>, intentId: string): string | undefined;
  /** Tells the outcome of an intent. @param model index of the candidate that answered, cheapest first */
  learn(intentId: string, model: number, success: boolean): void;
}

/** @param count numbers of every intent */
export function numberCoder(count: number, models: number): NumberCoder {
  return count === 1 ? scoreCoder() : projectingCoder(count, models);
}

function scoreCoder(): NumberCoder {
  const latest = new Float64Array(REMEMBERED_NUMBERS);
  let seen = 0;
  let cutAt = MIN_NUMBERS_TO_CUT;
  let cuts: readonly number[] | undefined;
  return {
    code({ 0: value = 0 }) {
      latest[seen % REMEMBERED_NUMBERS] = value;
      seen++;
      if (seen === cutAt) {
        cuts = quantiles(latest.slice(0, seen));
        cutAt += Math.min(seen, REMEMBERED_NUMBERS / 4);
      }
      return cuts && numberCode(SCORE_LEVELS, [levelOf(value, cuts)]);
    },
    learn: () => undefined,
  };
}

/** A number equal to a cut is above it. */
function levelOf(value: number, cuts: readonly number[]): number {
  const level = cuts.findIndex(cut => value < cut);
  return level < 0 ? cuts.length : level;
}

function quantiles(values: Float64Array): readonly number[] {
  values.sort();
  return Array.from({ length: SCORE_LEVELS - 1 }, (_, i) => {
    const at = ((i + 1) * values.length) / SCORE_LEVELS;
    const below = Math.max(0, Math.ceil(at) - 1);
    return ((values[below] as number) + (values[Math.floor(at)] as number)) / 2;
  });
}

function projectingCoder(count: number, models: number): NumberCoder {
  /** Numbers of intents without an outcome, in memory alone: the oldest are forgotten. */
  const unlabelled = new Map<string, Float32Array>();
  const first: Float32Array[] = [];
  let projection: LearnedProjection | undefined;
  return {
    code(numbers, intentId) {
      const copy = Float32Array.from(numbers);
      unlabelled.set(intentId, copy);
      if (unlabelled.size > MAX_UNLABELLED_NUMBERS) unlabelled.delete(unlabelled.keys().next().value as string);
      if (projection === undefined) {
        first.push(copy);
        if (first.length >= MIN_NUMBERS_TO_CUT) projection = learnedProjection(scaleOf(first.splice(0), count), models);
        return undefined;
      }
      return numberCode(PROJECTED_LEVELS, projection.of(numbers).map(projectedLevel));
    },
    learn(intentId, model, success) {
      const numbers = unlabelled.get(intentId);
      if (numbers === undefined) return;
      unlabelled.delete(intentId);
      projection?.learn(numbers, model, success);
    },
  };
}

/** The middle level is that of an average request, and that of all while nothing is known. */
function projectedLevel(logit: number): number {
  const middle = (PROJECTED_LEVELS - 1) / 2;
  return middle + Math.min(middle, Math.max(-middle, Math.round(logit / PROJECTED_STEP_LOGITS)));
}

function scaleOf(all: readonly Float32Array[], count: number): { mean: Float64Array; square: number } {
  const mean = new Float64Array(count);
  for (const numbers of all)
    for (let i = 0; i < count; i++) mean[i] = (mean[i] as number) + (numbers[i] as number) / all.length;
  let square = 0;
  for (const numbers of all)
    for (let i = 0; i < count; i++) square += ((numbers[i] as number) - (mean[i] as number)) ** 2 / (all.length - 1);
  // Equal numbers have no scale: any will do.
  return { mean, square: square > 0 ? square : 1 };
}
