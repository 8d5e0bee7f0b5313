/** `outcome-router dashboard`: the ledger as a page in the browser of this machine. */
import { readFileSync, statSync } from 'node:fs';
import type { Command } from 'commander';
import { Option } from 'commander';
import { checkLink } from '../../analysis/audit-link.ts';
import type { ComparedBill } from '../../dashboard/reconciliation.ts';
import { reconciliationMessage } from '../../dashboard/reconciliation.ts';
import { startDashboard } from '../../dashboard/server.ts';
import { RouterError } from '../../errors.ts';
import { shownLedger } from '../io/address.ts';
import { applicationAt, withConfig } from '../io/application.ts';
import { capturedTexts } from '../io/captured-texts.ts';
import { configuredReach } from '../io/configured-reach.ts';
import { inputFile } from '../io/files.ts';
import { useLedger, withLedger } from '../io/ledger.ts';

interface DashboardFlags {
  readonly config?: string;
  readonly port: string;
  readonly link?: string;
  readonly traceLink?: string;
  readonly text?: string;
  readonly reconciliation?: string;
  readonly site?: string;
}

/** Adds `dashboard` to the program. */
export function register(program: Command): void {
  withConfig(withLedger(program.command('dashboard')))
    .description(
      'Open a ledger in the browser, with live updates: features, plans, what-if, receipts, audit. Loopback only.',
    )
    .option('--port <number>', 'port to listen on; 0: any free port', '0')
    .option('--link <template>', 'address of an intent in your system: https://…/{intentId} (or {session}, {feature})')
    .option(
      '--trace-link <template>',
      'address of an intent’s traces in your tracing system, with the same placeholders',
    )
    .option('--text <file>', 'JSON lines of { "intentId", "text" } that your application has captured', inputFile)
    .option('--reconciliation <file>', 'what `reconcile --json` printed last, for the page on the bill', inputFile)
    .addOption(new Option('--site <folder>', 'folder of another built page').hideHelp())
    .action(async (ledger: string, flags: DashboardFlags) => {
      await useLedger(ledger, async store => {
        if (flags.link !== undefined) checkLink(flags.link, '--link');
        if (flags.traceLink !== undefined) checkLink(flags.traceLink, '--trace-link');
        const application = await applicationAt(flags.config);
        const texts = flags.text === undefined ? undefined : await capturedTexts(flags.text);
        const compared = flags.reconciliation === undefined ? undefined : comparedBill(flags.reconciliation);
        const dashboard = await startDashboard({
          store,
          port: portOf(flags.port),
          command: `outcome-router dashboard ${shownLedger(ledger)}`,
          ...(application === undefined ? {} : { router: configuredReach(application) }),
          ...(flags.link === undefined ? {} : { link: flags.link }),
          ...(flags.traceLink === undefined ? {} : { traceLink: flags.traceLink }),
          ...(compared === undefined ? {} : { reconciliation: compared }),
          ...(flags.site === undefined ? {} : { site: flags.site }),
          ...(texts === undefined ? {} : { textOf: intentId => texts.get(intentId) }),
        });
        process.stdout.write(`${dashboard.newLink()}\n`);
        process.stderr.write(
          'The link works once, in the browser of this machine. Enter prints another, Ctrl+C stops the dashboard.\n',
        );
        process.stdin.on('data', () => void process.stdout.write(`${dashboard.newLink()}\n`));
        await new Promise<void>(resolve => {
          process.once('SIGINT', resolve);
          process.once('SIGTERM', resolve);
        });
        process.stdin.destroy();
        await dashboard.close();
      });
    });
}

/** The time of the comparison is that of its file. */
function comparedBill(file: string): ComparedBill {
  try {
    const { reconciliation } = JSON.parse(readFileSync(file, 'utf8')) as Pick<ComparedBill, 'reconciliation'>;
    const compared = { atMs: statSync(file).mtimeMs, reconciliation };
    reconciliationMessage(compared);
    return compared;
  } catch (error) {
    throw new RouterError('invalid-data', 'not the result of a comparison with a bill', {
      path: `--reconciliation ${file}`,
      accepted: 'what `outcome-router reconcile --json` prints',
      cause: error,
    });
  }
}

function portOf(text: string): number {
  const port = text.trim() === '' ? Number.NaN : Number(text);
  if (Number.isInteger(port) && port >= 0 && port <= 65_535) return port;
  throw new RouterError('invalid-value', `${JSON.stringify(text)} is not a port`, {
    path: '--port',
    accepted: '0 to 65535',
  });
}
