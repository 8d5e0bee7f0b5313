/** The ledger that a command reads: its argument, and opening and closing it. */
import { statSync } from 'node:fs';
import type { Command } from 'commander';
import { RouterError } from '../../errors.ts';
import { sqlite } from '../../stores/sqlite.ts';
import type { Store } from '../../contracts/store.ts';
import { unreadable } from './files.ts';

/** The ledger that a command reads if none is given. */
const DEFAULT_LEDGER = 'router.db';

/** Adds the argument that names the ledger, and the option `--db` for the same. */
export function withLedger(command: Command): Command {
  const position = command.registeredArguments.length;
  return command
    .argument('[ledger]', 'SQLite file of the ledger', DEFAULT_LEDGER)
    .option('--db <ledger>', 'the same as [ledger]')
    .hook('preAction', (_, action) => {
      const { db } = action.opts<{ readonly db?: string }>();
      if (db === undefined) return;
      const named = action.args[position];
      if (named !== undefined)
        throw new RouterError('invalid-value', `the ledger is already given as ${named}`, {
          path: '--db',
          accepted: 'one of the two',
        });
      action.processedArgs[position] = db;
    });
}

/** Opens an existing ledger and closes it after `use`, also when that fails. */
export async function useLedger<Result>(path: string, use: (store: Store) => Promise<Result>): Promise<Result> {
  const problem = unreadable(path) ?? (statSync(path).size === 0 ? 'the file is empty' : undefined);
  if (problem !== undefined) {
    throw new RouterError('store-unusable', `not a ledger: ${problem}`, {
      path,
      accepted: "the file that the application's store writes, named before the options or by --db",
    });
  }
  const store = sqlite(path);
  try {
    return await use(store);
  } finally {
    await store.close();
  }
}
