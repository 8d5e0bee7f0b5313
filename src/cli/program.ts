/** The program: its commands, one lazily imported file each, and its exit code. */
import { Command, CommanderError } from 'commander';
import { addressesIn, withoutPasswords } from './io/address.ts';
import { docsPage, docsPages } from './io/docs-page.ts';
import { describeFailure } from './io/failure.ts';
import { requireTexts } from './io/empty-values.ts';
import { requireOtherOutput } from './io/files.ts';

/** The exports of a command's file. */
interface CommandModule {
  /** Adds the command, with its options and action, to the program. */
  register(program: Command): void;
}

type Commands = ReadonlyMap<string, () => Promise<CommandModule>>;

/** Five short commands on one subject share a file. */
const controls = async (): Promise<CommandModule> => import('./commands/controls.ts');

/** Commands in the order in which the help lists them. A missing file is a type error. */
export const COMMANDS: Commands = new Map([
  ['init', async () => import('./commands/init.ts')],
  ['demo', async () => import('./commands/demo.ts')],
  ['report', async () => import('./commands/report.ts')],
  ['sessions', async () => import('./commands/sessions.ts')],
  ['explain', async () => import('./commands/explain.ts')],
  ['intents', async () => import('./commands/intents.ts')],
  ['show', async () => import('./commands/show.ts')],
  ['check', async () => import('./commands/check.ts')],
  ['audit', async () => import('./commands/audit.ts')],
  ['dashboard', async () => import('./commands/dashboard.ts')],
  ['simulate', async () => import('./commands/simulate.ts')],
  ['bench', async () => import('./commands/bench.ts')],
  ['replay', async () => import('./commands/replay.ts')],
  ['replay-sessions', async () => import('./commands/replay-sessions.ts')],
  ['priors', async () => import('./commands/priors.ts')],
  ['calc', async () => import('./commands/calc.ts')],
  ['prices', async () => import('./commands/prices.ts')],
  ['spend', async () => import('./commands/spend.ts')],
  ['export', async () => import('./commands/export.ts')],
  ['import', async () => import('./commands/import.ts')],
  ['copy', async () => import('./commands/copy.ts')],
  ['reconcile', async () => import('./commands/reconcile.ts')],
  ['disable', controls],
  ['enable', controls],
  ['pin', controls],
  ['unpin', controls],
  ['holdout', controls],
  ['end-holdout', controls],
  ['controls', controls],
  ['maintain', async () => import('./commands/maintain.ts')],
  ['schema', async () => import('./commands/schema.ts')],
  ['prune', async () => import('./commands/prune.ts')],
  ['forget', async () => import('./commands/forget.ts')],
  ['archive', async () => import('./commands/archive.ts')],
  ['rebuild', async () => import('./commands/rebuild.ts')],
]);

/**
 * Runs one command line and returns the exit code: 0, the command's own `process.exitCode`, or 1 after one message on
 * stderr.
 *
 * @param args the arguments after the program's name
 */
export async function run(args: readonly string[], version: string, commands: Commands = COMMANDS): Promise<number> {
  const addresses = addressesIn(args);
  const writeError = (text: string): void => void process.stderr.write(withoutPasswords(text, addresses));
  const program = createProgram(version, commands).configureOutput({ writeErr: writeError });
  try {
    const [first, page, ...more] = args;
    if (first === 'help' && page !== undefined && more.length === 0 && !commands.has(page)) {
      process.stdout.write(docsPage(page, new Set(commands.keys())));
      return 0;
    }
    await registerCommands(program, args, commands);
    await program.parseAsync(args, { from: 'user' });
    return Number(process.exitCode ?? 0);
  } catch (error) {
    // Commander prints its message (or the help) before it throws.
    if (error instanceof CommanderError) return error.exitCode;
    writeError(`${describeFailure(error)}\n`);
    return 1;
  }
}

function createProgram(version: string, commands: Commands): Command {
  return new Command('outcome-router')
    .description('Choose between models by cost per success: prices, reports, replays and a demo.')
    .version(version)
    .addHelpText(
      'after',
      () =>
        `\nPages of the documentation, printed by \`outcome-router help PAGE\`:\n${wrapped(docsPages(new Set(commands.keys())))}`,
    )
    .showHelpAfterError('(outcome-router --help lists the commands)')
    .showSuggestionAfterError(true)
    .hook('preAction', (_, action) => {
      requireTexts(action);
      requireOtherOutput(action);
    })
    .exitOverride();
}

/** Names in lines of at most this many characters. */
function wrapped(names: readonly string[], width = 78): string {
  const lines = [' '];
  for (const [i, name] of names.entries()) {
    const word = ` ${name}${i === names.length - 1 ? '' : ','}`;
    if ((lines.at(-1) ?? '').length + word.length > width) lines.push(' ');
    lines[lines.length - 1] += word;
  }
  return lines.join('\n');
}

/** Imports the file of the named command, or all files for the help and for suggestions. */
async function registerCommands(program: Command, args: readonly string[], commands: Commands): Promise<void> {
  const named = commands.get(args[0] ?? '');
  for (const load of named === undefined ? new Set(commands.values()) : [named]) (await load()).register(program);
  for (const command of program.commands) hintAtHelp(command, `outcome-router ${command.name()}`);
}

/** After an error, a command points to its own help. */
function hintAtHelp(command: Command, name: string): void {
  command.showHelpAfterError(`(${name} --help explains the arguments and options)`);
  for (const part of command.commands) hintAtHelp(part, `${name} ${part.name()}`);
}
