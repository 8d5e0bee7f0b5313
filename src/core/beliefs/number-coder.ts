/**
 * Turns the numbers of a request into a short code of levels; only the code leaves this file. One number has a level between cut points,
 * which are the quantiles of the numbers so far, so that its scale and drift do not matter. Several numbers, as of an embedding, have the
 * levels of the two numbers that a projection has learned.
 */
import {
  MAX_UNLABELLED_NUMBERS,
  MIN_NUMBERS_TO_CUT,
  PROJECTED_LEVELS,
  PROJECTED_STEP_LOGITS,
  REMEMBERED_NUMBERS,
  SCORE_LEVELS,
} from './number-constants.ts';
import { learnedProjection } from './learned-projection.ts';
import type { NumberScale } from './number-scale.ts';
import { numberScale } from './number-scale.ts';
import { numberCode } from '../ledger/number-code.ts';

export interface NumberCoder {
  /**
   * The code of an intent's numbers (see number-code.ts); `undefined` for the first intents, which show what is usual.
   */
  code(numbers: ArrayLike<number>, intentId: string): string | undefined;
  /** Learns from the outcome of an intent. @param model index of the candidate that answered, cheapest first */
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
  /** Standardized numbers of intents without an outcome. In memory only, and the oldest are forgotten. */
  const unlabelled = new Map<string, Float32Array>();
  const first: (readonly [intentId: string, numbers: Float64Array])[] = [];
  const projection = learnedProjection(count, models);
  let scale: NumberScale | undefined;

  function remember(intentId: string, point: Float32Array): void {
    unlabelled.set(intentId, point);
    if (unlabelled.size > MAX_UNLABELLED_NUMBERS) unlabelled.delete(unlabelled.keys().next().value as string);
  }

  return {
    code(numbers, intentId) {
      if (scale === undefined) {
        first.push([intentId, Float64Array.from(numbers)]);
        if (first.length < MIN_NUMBERS_TO_CUT) return undefined;
        scale = numberScale(first.map(([, known]) => known));
        for (const [id, known] of first.splice(0)) remember(id, scale.standardised(known));
        return undefined;
      }
      const point = scale.standardised(numbers);
      remember(intentId, point);
      return numberCode(PROJECTED_LEVELS, projection.of(point).map(projectedLevel));
    },
    learn(intentId, model, success) {
      const point = unlabelled.get(intentId);
      if (point === undefined) return;
      unlabelled.delete(intentId);
      projection.learn(point, model, success);
    },
  };
}

/** The middle level stands for an average request, and for every request while nothing is known. */
function projectedLevel(logit: number): number {
  const middle = (PROJECTED_LEVELS - 1) / 2;
  return middle + Math.min(middle, Math.max(-middle, Math.round(logit / PROJECTED_STEP_LOGITS)));
}
