/** `outcome-router maintain`: does at once the work that a store does in the background; for a schedule. */
import type { Command } from 'commander';
import { useLedger, withLedger } from '../io/ledger.ts';
import { printResult, withJson } from '../io/output.ts';
import { startProgress } from '../io/progress.ts';

interface MaintainFlags {
  readonly json?: boolean;
}

interface Maintained {
  /** Number of short slices of work that were done: few, if there was little to do. */
  readonly slices: number;
}

/** Adds `maintain` to the program. */
export function register(program: Command): void {
  withJson(withLedger(program.command('maintain')))
    .description(
      'Bring old statistics to days and weeks, and make the months to come; for a schedule. The application may go on.',
    )
    .action(async (ledger: string, flags: MaintainFlags) => {
      const progress = startProgress({ label: 'maintaining: slices', silent: flags.json });
      try {
        const result = await useLedger(ledger, async (store): Promise<Maintained> => {
          let slices = 0;
          let refused: Error | undefined;
          for (let more = true; more; progress.reach(++slices)) {
            const slice = await store.maintain();
            refused ??= slice.refused;
            ({ more } = slice);
          }
          if (refused !== undefined) throw refused;
          return { slices };
        });
        progress.done();
        printResult(result, flags, () => 'Old statistics are in days and weeks.');
      } finally {
        progress.done();
      }
    });
}
