/** `--price-list`: a price file with newer list prices than the package's own. */
import { readFileSync } from 'node:fs';
import type { Command } from 'commander';
import type { PriceList } from '../../contracts/price-list.ts';
import { RouterError } from '../../errors.ts';
import { checkPriceList } from '../../prices/price-list-check.ts';
import { unreadable } from './files.ts';

/** Adds the option to a command. */
export function withPriceList(command: Command): Command {
  return command.option('--price-list <file>', 'JSON of a price list, looked up before the prices of the package');
}

const ACCEPTED = 'a price file, as `outcome-router help prices.md` describes it';

/** The price list in a file; `undefined` without one. @throws RouterError with the file, or the path of a mistake in it */
export function priceListAt(file: string | undefined): PriceList | undefined {
  if (file === undefined) return undefined;
  const problem = unreadable(file);
  if (problem !== undefined) throw new RouterError('invalid-data', problem, { path: file, accepted: ACCEPTED });
  return checkPriceList(parsed(file), file, Date.now());
}

function parsed(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, 'utf8').replace(/^\uFEFF/, ''));
  } catch (cause) {
    throw new RouterError('invalid-data', 'the file is not JSON', { path: file, accepted: ACCEPTED, cause });
  }
}

/** The price list of a configuration; it is checked when it is used. */
export function priceListIn(application: unknown): PriceList | undefined {
  const { priceList } = (application ?? {}) as { readonly priceList?: PriceList };
  return priceList;
}
