/** An observer that writes human-readable lines: one per outcome, and one per fault of the router's parts. */
import { toDecimalUsd } from '../core/ledger/money.ts';
import type { Evidence } from '../core/ledger/vocabulary.ts';
import { planKey } from '../core/ledger/vocabulary.ts';
import { checkNames, errorLabel, RouterError } from '../errors.ts';
import type { Fault, Observer } from '../contracts/observer.ts';

export interface LogOptions {
  /** Called with one line, without its line break. */
  readonly write: (line: string) => void;
}

/**
 * Writes one line per outcome, correction and fault. Of an error that a validator, judge or provider threw, it writes only
 * the name: the message may quote a reply or a key.
 *
 * @throws RouterError `invalid-value` for an unknown option, or without `write`
 *
 * @example
 * ```ts
 * const observer = log({ write: line => console.error(line) });
 * // support.reply int_7 success by explicit stars=5: mini>premium, 2 attempts, $0.0143
 * // fault in store support.reply int_7: disk full
 * ```
 */
export function log(options: LogOptions): Observer {
  checkNames(options, ['write'], 'log');
  const { write } = options;
  if (typeof write !== 'function') {
    throw new RouterError('invalid-value', 'not a function', {
      path: 'log.write',
      accepted: 'a function that takes a line: line => console.log(line)',
    });
  }
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

/** Parts that never handle prompts, replies or keys, so that their error messages are safe to write. */
const SEES_NO_TEXT: ReadonlySet<Fault['where']> = new Set(['store', 'price', 'policy', 'observer']);

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
