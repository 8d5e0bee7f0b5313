/** The ledger that a command reads: which one, opened and closed. */
import { existsSync } from 'node:fs';
import type { Command } from 'commander';
import { RouterError } from '../../errors.ts';
import { sqlite } from '../../stores/sqlite.ts';
import type { Store } from '../../contracts/store.ts';

/** Where an application's ledger is unless it says otherwise. */
const DEFAULT_LEDGER = 'router.db';

/** Adds the argument that names the ledger, with the same words everywhere; `--db` says the same. */
export function withLedger(command: Command): Command {
  const position = command.registeredArguments.length;
  return command
    .argument('[ledger]', 'SQLite file that the router writes', DEFAULT_LEDGER)
    .option('--db <ledger>', 'the same')
    .hook('preAction', (_, action) => {
      const { db } = action.opts<{ readonly db?: string }>();
      if (db === undefined) return;
      const named = action.args[position];
      if (named !== undefined)
        throw new RouterError('invalid-value', `the ledger is ${named} already`, { path: '--db', accepted: 'one' });
      action.processedArgs[position] = db;
    });
}

/** Opens a ledger that exists, and closes it when `use` is done, however it ends. */
export async function useLedger<Result>(path: string, use: (store: Store) => Promise<Result>): Promise<Result> {
  if (!existsSync(path)) {
    throw new RouterError('store-unusable', 'there is no such ledger', {
      path,
      accepted: "the file that the application's store writes, `sqlite('router.db')` say",
    });
  }
  const store = sqlite(path);
  try {
    return await use(store);
  } finally {
    await store.close();
  }
}
