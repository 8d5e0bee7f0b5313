/**
 * The kinds of requests and parameters that models have refused in this process. Each limit applies for an hour, then the model is asked
 * again.
 */
import type { Capability } from '../contracts/wire.ts';
import type { Runtime } from '../runtime.ts';

/** How long a limit applies. Longer: fewer refused requests. Shorter: a model that has been changed is used again sooner. */
export const LEARNT_FOR_MS = 3_600_000;

/** A value of a parameter that can be compared with another. */
export type ParameterValue = string | number | boolean;

/** A parameter with a certain value, or, without `value`, with any value. */
export interface NamedParameter {
  readonly parameter: string;
  readonly value?: ParameterValue | undefined;
}

/** Something that a model does not accept. */
export type Limit =
  /** The model takes the parameter under another name. */
  | { readonly kind: 'rename'; readonly parameter: string; readonly to: string }
  /** A preference: the parameter is left out. */
  | (NamedParameter & {
      readonly kind: 'drop';
      /** The limit applies only to requests that have this parameter too. */
      readonly beside?: NamedParameter | undefined;
    })
  | { readonly kind: 'clamp'; readonly parameter: string; readonly max: number }
  /** Requests with this parameter go to other candidates. */
  | (NamedParameter & { readonly kind: 'refuses' })
  | { readonly kind: 'lacks'; readonly capability: Capability }
  /** Requests of this many characters are too long. */
  | { readonly kind: 'too-long'; readonly chars: number };

export interface LearntLimit {
  readonly limit: Limit;
  /** Milliseconds since the epoch. */
  readonly sinceMs: number;
  /** Milliseconds on the monotonic clock. */
  readonly untilElapsedMs: number;
}

export interface LearntLimits {
  /** The limits of a model that still apply: the same list until one is learned or ends. */
  of(model: string): readonly LearntLimit[];
  learn(model: string, limit: Limit): void;
  /** False until the first limit is learned: in the usual case no model has to be checked. */
  any(): boolean;
}

const NONE: readonly LearntLimit[] = Object.freeze([]);

export function learntLimits({ nowMs, elapsedMs }: Pick<Runtime, 'nowMs' | 'elapsedMs'>): LearntLimits {
  const byModel = new Map<string, readonly LearntLimit[]>();
  const of = (model: string): readonly LearntLimit[] => {
    const limits = byModel.get(model);
    if (limits === undefined) return NONE;
    const now = elapsedMs();
    if (limits.every(({ untilElapsedMs }) => untilElapsedMs > now)) return limits;
    const left = limits.filter(({ untilElapsedMs }) => untilElapsedMs > now);
    if (left.length === 0) byModel.delete(model);
    else byModel.set(model, left);
    return left.length === 0 ? NONE : left;
  };
  return {
    of,
    any: () => byModel.size > 0,
    learn(model, limit) {
      const others = of(model).filter(known => !isSame(known.limit, limit));
      byModel.set(model, [...others, { limit, sinceMs: nowMs(), untilElapsedMs: elapsedMs() + LEARNT_FOR_MS }]);
    },
  };
}

/** True for limits of one kind on one parameter or capability: the newer one replaces the older. */
function isSame(a: Limit, b: Limit): boolean {
  const key = (limit: Limit): string => JSON.stringify({ ...limit, max: 0, chars: 0 });
  return key(a) === key(b);
}
