/**
 * The period in the address, after `?` in the part after `#`: `#/overview?period=7d&compare=none`. Other names in the query
 * belong to the page.
 */
import type { PeriodName } from '../../core/report/shown-period.ts';
import { DEFAULT_PERIOD } from '../../core/report/shown-period.ts';

export interface PeriodChoice {
  readonly name: PeriodName;
  readonly isCompared: boolean;
}

/** The part of the page's address after `#`; empty outside a browser. */
export function currentHash(): string {
  return (globalThis as { readonly location?: { readonly hash: string } }).location?.hash ?? '';
}

export function periodInHash(hash: string): PeriodChoice {
  const query = queryIn(hash);
  return { name: query.get('period') ?? DEFAULT_PERIOD, isCompared: query.get('compare') !== 'none' };
}

/** Writes the period into the address; the default period is omitted. */
export function hashWithPeriod(hash: string, choice: PeriodChoice): string {
  const query = queryIn(hash);
  query.delete('period');
  query.delete('compare');
  for (const [name, value] of new URLSearchParams(periodQuery(choice))) query.set(name, value);
  const text = query.toString().replaceAll('%2E', '.');
  return `${hash.split('?')[0] ?? ''}${text === '' ? '' : `?${text}`}`;
}

/** The query to the server: `period=7d&compare=none`; empty for the default. */
export function periodQuery({ name, isCompared }: PeriodChoice): string {
  return [name === DEFAULT_PERIOD ? [] : [`period=${encodeURIComponent(name)}`], isCompared ? [] : ['compare=none']]
    .flat()
    .join('&');
}

function queryIn(hash: string): URLSearchParams {
  return new URLSearchParams(hash.split('?')[1] ?? '');
}
