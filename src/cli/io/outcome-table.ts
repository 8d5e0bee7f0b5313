/** Reads the outcome table of a command, with the options by which `bench` and `priors` choose a part of it. */
import type { Command } from 'commander';
import { RouterError } from '../../errors.ts';
import type { TableRead } from '../../replay/table/read-table.ts';
import { readOutcomeTable } from '../../replay/table/read-table.ts';
import { inputFile } from './files.ts';
import { parseNames, readTokenPrices } from './offline-options.ts';
import { startProgress } from './progress.ts';

export interface TableFlags {
  readonly models?: readonly string[];
  readonly featurePrefix?: string;
  readonly prices?: string;
  readonly skipBadRows?: boolean;
  readonly json?: boolean;
}

/** Adds the argument and the options to a command. */
export function withTable(command: Command): Command {
  return command
    .argument('<table>', 'the file; `outcome-router help outcome-table` describes its format', inputFile)
    .option('--models <names>', 'models, cheapest first: mini,premium (default: all, by mean cost)', parseNames)
    .option('--feature-prefix <prefix>', 'only features whose names begin with this')
    .option('--prices <file>', 'JSON with USD per million tokens by model, for rows without a cost', inputFile)
    .option('--skip-bad-rows', 'drop bad rows and count them, instead of stopping at the first');
}

/** @throws RouterError as `readOutcomeTable` does, or `unknown-model` for a model without rows */
export async function readTable(file: string, flags: TableFlags): Promise<TableRead> {
  const { models, featurePrefix = '' } = flags;
  const progress = startProgress({ label: 'reading', silent: flags.json });
  const known = new Set<string>();
  try {
    const read = await readOutcomeTable(file, {
      only: (feature, model) => {
        known.add(model);
        return feature.startsWith(featurePrefix) && (models === undefined || models.includes(model));
      },
      skipBadRows: flags.skipBadRows === true,
      ...(flags.prices === undefined ? {} : { prices: readTokenPrices(flags.prices) }),
      progress: progress.reach,
    });
    for (const model of models ?? []) if (!read.table.models.includes(model)) throw unknownModel(model, [...known]);
    return read;
  } finally {
    progress.done();
  }
}

function unknownModel(model: string, known: readonly string[]): RouterError {
  return new RouterError('unknown-model', `the table has no rows of "${model}"`, {
    path: '--models',
    accepted: known,
    given: model,
  });
}
