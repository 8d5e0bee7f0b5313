/** `--archive`: the option of every command that reads a ledger together with its archive. */
import type { Command } from 'commander';
import type { Store } from '../../contracts/store.ts';

export interface ArchiveFlags {
  readonly archive?: string;
}

/** Adds the option to a command. @param use - What is done with the archive */
export function withArchiveOption(command: Command, use = 'also read'): Command {
  return command.option('--archive <folder>', `${use} the archive of the ledger (the folder of \`archive --to\`)`);
}

/** The store, together with its archive if one is given. */
export async function archivedStore(store: Store, { archive }: ArchiveFlags): Promise<Store> {
  if (archive === undefined) return store;
  // Loaded only here: most commands need no archive.
  const { withArchive } = await import('../../exports/archive/archived-view.ts');
  return withArchive(store, archive);
}
