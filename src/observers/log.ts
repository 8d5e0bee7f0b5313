/** An observer for people: one line when an outcome lands, one when a part of the router fails. */
import { toDecimalUsd } from '../core/ledger/money.ts';
import type { Evidence } from '../core/ledger/vocabulary.ts';
import { planKey } from '../core/ledger/vocabulary.ts';
import { errorLabel } from '../errors.ts';
import type { Fault, Observer } from '../contracts/observer.ts';

export interface LogOptions {
  /** Takes one line, without its end. */
  readonly write: (line: string) => void;
}

/**
 * Writes one line per labelled or corrected outcome and per fault; of what validators, judges and providers threw only the
 * name, because their messages quote replies and keys.
 *
 * @example
 * ```ts
 * const observer = log({ write: line => console.error(line) });
 * // support.reply int_7 success by explicit stars=5: mini>premium, 2 attempts, $0.0143
 * // fault in store support.reply int_7: disk full
 * ```
 */
export function log({ write }: LogOptions): Observer {
  return {
    name: 'log',
    labelled: ({ evidence, feature, intentId }, { attempts, decided, outcome }) => {
      const spent = attempts.reduce((sum, attempt) => sum + BigInt(attempt.costNanoUsd), 0n);
      const count = `${attempts.length} ${attempts.length === 1 ? 'attempt' : 'attempts'}`;
      const plan = planKey(decided.decision.plan);
      write(
        `${feature} ${intentId} ${outcome.state} by ${sourceOf(evidence)}: ${plan}, ${count}, $${toDecimalUsd(spent)}`,
      );
    },
    faulted: fault => write(describeFault(fault)),
  };
}

function sourceOf({ source, signal, value }: Evidence): string {
  if (signal === undefined) return source;
  return value === undefined ? `${source} ${signal}` : `${source} ${signal}=${value}`;
}

function describeFault({ where, feature, intentId, error }: Fault): string {
  const place = [where, feature, intentId].filter(part => part !== undefined).join(' ');
  return `fault in ${place}: ${SEES_NO_TEXT.has(where) ? messageOf(error) : errorLabel(error)}`;
}

/** Parts that are given neither prompts nor replies nor keys, so that what they say of a fault can be repeated. */
const SEES_NO_TEXT: ReadonlySet<Fault['where']> = new Set(['store', 'price', 'policy', 'observer']);

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
