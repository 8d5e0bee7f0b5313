/** `--from`, `--to`, `--month` and `--last`: the period that a command reads, the same for all commands. */
import type { Command } from 'commander';
import { InvalidArgumentError, Option } from 'commander';
import { durationMs } from '../../config/duration.ts';
import { formatMoment } from '../../core/report/wording.ts';
import type { Period } from '../../core/cells/period.ts';
import { RouterError } from '../../errors.ts';
import { parseDate } from './numbers.ts';

export interface PeriodFlags {
  readonly from?: number;
  readonly to?: number;
  readonly month?: Required<Period>;
  readonly last?: string;
  readonly since?: string;
}

/** Adds the options to a command. */
export function withPeriod(command: Command): Command {
  return command
    .option('--from <date>', 'at or after this date or time, UTC: 2026-11-01', parseDate)
    .option('--to <date>', 'before this date or time, UTC', parseDate)
    .option('--month <month>', 'one month, UTC: 2026-10', parseMonth)
    .option('--last <duration>', 'from this long ago until now: 30m, 12h, 7d')
    .addOption(new Option('--since <duration>', 'an earlier name of --last').hideHelp());
}

/**
 * The options as a period. An option that was not given sets no bound.
 *
 * @throws RouterError `invalid-value` for an empty period, a wrong duration, or two options that each name a whole period
 */
export function periodOf(flags: PeriodFlags, nowMs = Date.now()): Period {
  const { from, to, month } = flags;
  const last = lastOf(flags);
  const given = [
    ...(from === undefined && to === undefined ? [] : ['--from, --to']),
    ...(month === undefined ? [] : ['--month']),
    ...(last === undefined ? [] : [last.option]),
  ];
  if (given.length > 1)
    throw new RouterError('invalid-value', 'each of these names a period of its own', {
      path: given.join(', '),
      accepted: 'one of --from and --to, --month, and --last',
    });
  if (last !== undefined) return { fromMs: nowMs - parseDuration(last.text, last.option) };
  if (month !== undefined) return month;
  if (from !== undefined && to !== undefined && from >= to) {
    const [start, end] = [formatMoment(from), formatMoment(to)];
    throw new RouterError('invalid-value', `the range from ${start} to ${end} UTC is empty`, {
      path: '--from, --to',
      accepted: 'a --to later than --from',
    });
  }
  return { ...(from === undefined ? {} : { fromMs: from }), ...(to === undefined ? {} : { toMs: to }) };
}

function lastOf({ last, since }: PeriodFlags): { readonly text: string; readonly option: string } | undefined {
  if (last !== undefined) return { text: last, option: '--last' };
  return since === undefined ? undefined : { text: since, option: '--since' };
}

/**
 * `7d` → milliseconds. A number needs its unit: `prune --older-than 90` would remove everything older than 90 ms.
 *
 * @param option the option's name, for the error
 * @throws RouterError `invalid-value`
 */
export function parseDuration(text: string, option: string): number {
  const ms = durationMs(text);
  if (ms !== undefined && ms > 0) return ms;
  throw new RouterError('invalid-value', `${JSON.stringify(text)} is not a duration`, {
    path: option,
    accepted: 'a number with ms, s, m, h or d: 7d',
  });
}

/** `2026-10` → from its first moment to that of the next month, UTC. */
function parseMonth(text: string): Required<Period> {
  const [, year = '', month = ''] = /^(\d{4})-(0[1-9]|1[0-2])$/.exec(text) ?? [];
  if (year === '') throw new InvalidArgumentError('Not a month such as 2026-10.');
  return { fromMs: Date.UTC(Number(year), Number(month) - 1), toMs: Date.UTC(Number(year), Number(month)) };
}
