/** `outcome-router priors`: what a feature may expect of its models, from the application's own table of outcomes. */
import type { Command } from 'commander';
import { tablePriors } from '../../replay/table/table-priors.ts';
import { meanCosts } from '../../replay/table/table-setting.ts';
import type { TableFlags } from '../io/outcome-table.ts';
import { readTable, withTable } from '../io/outcome-table.ts';
import { printResult, withJson } from '../io/output.ts';
import type { PriorsResult } from '../text/priors-text.ts';
import { renderPriors } from '../text/priors-text.ts';

/** Adds `priors` to the program. */
export function register(program: Command): void {
  withTable(withJson(program.command('priors')))
    .description(
      "Make the priors of a configuration from a table of outcomes: each model's success rate in each feature, with its uncertainty.",
    )
    .action(async (file: string, flags: TableFlags) => {
      const { table, badRows, firstBadRow } = await readTable(file, flags);
      const cost = meanCosts(table);
      const models = flags.models ?? table.models.toSorted((x, y) => cost(x) - cost(y));
      const bad = firstBadRow === undefined ? {} : { firstBadRow };
      const result: PriorsResult = { table: file, badRows, ...bad, models, features: tablePriors(table, models) };
      printResult(result, flags, renderPriors);
    });
}
