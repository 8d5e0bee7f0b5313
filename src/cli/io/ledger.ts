/** The ledger of a command, on any store: its argument, and opening and closing it. */
import { statSync } from 'node:fs';
import type { Command } from 'commander';
import { RouterError } from '../../errors.ts';
import { sqlite } from '../../stores/sqlite.ts';
import type { Store, StoreView } from '../../contracts/store.ts';
import { isAddress, isPostgres, shownLedger } from './address.ts';
import type { ArchiveFlags } from './archive.ts';
import { archivedStore } from './archive.ts';
import { unreadable } from './files.ts';

/** The ledger that a command reads if none is given. */
const DEFAULT_LEDGER = 'router.db';

/** The description of an argument that names a ledger. */
export const LEDGER_ARGUMENT = 'SQLite file of the ledger, or postgres://user@host/database';

/** Adds the argument that names the ledger, and an option `--db` with the same meaning. */
export function withLedger(command: Command): Command {
  const position = command.registeredArguments.length;
  return command
    .argument('[ledger]', LEDGER_ARGUMENT, DEFAULT_LEDGER)
    .option('--db <ledger>', 'the same as [ledger]')
    .hook('preAction', (_, action) => {
      const { db } = action.opts<{ readonly db?: string }>();
      if (db === undefined) return;
      const named = action.args[position];
      if (named !== undefined)
        throw new RouterError('invalid-value', `the ledger is already given as ${shownLedger(named)}`, {
          path: '--db',
          accepted: 'one of the two',
        });
      action.processedArgs[position] = db;
    });
}

/**
 * Adds the argument for one item in the ledger, before that of the ledger: `show <id> [ledger]`. The other order is accepted too
 * if the first argument is a ledger and the second is not.
 */
export function withSubject(command: Command, subject: string, description: string): Command {
  return withLedger(command.argument(subject, description)).hook('preAction', (_, action) => {
    const [one, other] = action.args;
    if (one === undefined || other === undefined || !isLedger(one) || isLedger(other)) return;
    action.processedArgs.splice(0, 2, other, one);
  });
}

function isLedger(name: string): boolean {
  return isAddress(name) || notALedger(name) === undefined;
}

interface LedgerOptions extends ArchiveFlags {
  /** Called with the error of each row that the store has set aside (`LedgerSource.setAside`). It may throw. By default a line on stderr. */
  readonly setAside?: (error: RouterError) => void;
}

/** Opens an existing ledger, with its archive if one is given, and closes it after `use`, even if `use` fails. */
export async function useLedger<Result>(
  ledger: string,
  use: (store: Store) => Promise<Result>,
  { setAside = warn, ...flags }: LedgerOptions = {},
): Promise<Result> {
  const problem = isAddress(ledger) ? undefined : notALedger(ledger);
  if (problem !== undefined) {
    throw new RouterError('store-unusable', `not a ledger: ${problem}`, {
      path: ledger,
      accepted: 'the ledger of the application, named before the options or by --db',
    });
  }
  const store = await archivedStore(await openStore(ledger, { create: false }), flags);
  try {
    for (const error of (await store.setAside?.()) ?? []) setAside(error);
    return await use(store);
  } finally {
    await store.close();
  }
}

/** {@link useLedger} for work that reads several times: all reads see the same moment, in the archive too. */
export async function viewLedger<Result>(
  ledger: string,
  read: (view: StoreView) => Promise<Result>,
  options: LedgerOptions = {},
): Promise<Result> {
  return useLedger(ledger, async store => store.consistently(read), options);
}

function warn({ message }: RouterError): void {
  process.stderr.write(`warning: ${message}\n`);
}

function notALedger(file: string): string | undefined {
  return unreadable(file) ?? (statSync(file).size === 0 ? 'the file is empty' : undefined);
}

/** A report may read more than a router can within its time limit. */
const TIMEOUT_MS = 30_000;

/**
 * The store that a name on the command line denotes. It is opened on first use.
 *
 * @param options `create`: create an empty ledger if there is none
 * @throws RouterError `store-unusable` for an address that is not of PostgreSQL
 */
export async function openStore(ledger: string, { create }: { readonly create: boolean }): Promise<Store> {
  if (!isAddress(ledger)) return sqlite(ledger);
  if (!isPostgres(ledger))
    throw new RouterError('store-unusable', 'no store has such an address', {
      path: shownLedger(ledger),
      accepted:
        'an SQLite file (./name where its name looks like an address), or postgres://user:password@host/database',
    });
  // Loaded only here: most commands need no database client.
  const { postgres } = await import('../../stores/postgres.ts');
  return postgres(ledger, { create, timeoutMs: TIMEOUT_MS });
}
