/** `outcome-router disable`, `enable`, `pin`, `unpin`, `holdout`, `end-holdout` and `controls`: what holds in every process on a ledger. */
import { userInfo } from 'node:os';
import type { Command } from 'commander';
import { ledgerFacts } from '../../analysis/ledger-facts.ts';
import type { Control, Store } from '../../contracts/store.ts';
import { planKey, planOfKey } from '../../core/ledger/vocabulary.ts';
import { describeControl } from '../../core/report/control-words.ts';
import { formatMoment } from '../../core/report/wording.ts';
import type { NewControl } from '../../engine/state/controls.ts';
import { checkNote, storedControls } from '../../engine/state/controls.ts';
import { RouterError } from '../../errors.ts';
import { systemRuntime } from '../../runtime.ts';
import { applicationAt, withConfig } from '../io/application.ts';
import { shownLedger } from '../io/address.ts';
import { useLedger, withLedger } from '../io/ledger.ts';
import { parseFraction } from '../io/numbers.ts';
import { printResult, withJson } from '../io/output.ts';
import { left, renderTable } from '../text/table.ts';

interface Flags {
  readonly json?: boolean;
  readonly config?: string;
  readonly by?: string;
  readonly why?: string;
}

/** Adds the commands to the program. */
export function register(program: Command): void {
  setter(program.command('disable').argument('<model>', 'configured name of the model'))
    .description('Switch a model off in every process on the ledger, until it is enabled.')
    .action((model: string, ledger: string, flags: Flags) =>
      set(ledger, { kind: 'disabled', subject: model, isSet: true }, flags),
    );
  setter(program.command('enable').argument('<model>', 'configured name of the model'))
    .description('Switch a disabled model on again.')
    .action((model: string, ledger: string, flags: Flags) =>
      set(ledger, { kind: 'disabled', subject: model, isSet: false }, flags),
    );
  setter(
    program
      .command('pin')
      .argument('<feature>', 'name of the feature')
      .argument('<plan>', "a model, or a plan in climbing order: 'mini>premium'"),
  )
    .description('Give every new intent of a feature one plan, in every process on the ledger.')
    .action((feature: string, plan: string, ledger: string, flags: Flags) =>
      set(ledger, { kind: 'pinned', subject: feature, isSet: true, plan }, flags),
    );
  setter(program.command('unpin').argument('<feature>', 'name of the feature'))
    .description('Let the policy choose the plans of a pinned feature again.')
    .action((feature: string, ledger: string, flags: Flags) =>
      set(ledger, { kind: 'pinned', subject: feature, isSet: false }, flags),
    );
  setter(
    program
      .command('holdout')
      .argument('<feature>', 'name of the feature')
      .argument('<model>', 'candidate that the held-out intents go to'),
  )
    .description('Send a random fraction of the intents of a feature to one model, as a baseline to compare with.')
    .requiredOption('--fraction <fraction>', 'of the new intents: 5%, or 0 for no holdout', parseFraction)
    .action((feature: string, plan: string, ledger: string, { fraction, ...flags }: Flags & { fraction: number }) =>
      set(ledger, { kind: 'holdout', subject: feature, isSet: true, plan, fraction }, flags),
    );
  setter(program.command('end-holdout').argument('<feature>', 'name of the feature'))
    .description('Lift the holdout that `holdout` has set: what the configuration says counts again.')
    .action((feature: string, ledger: string, flags: Flags) =>
      set(ledger, { kind: 'holdout', subject: feature, isSet: false }, flags),
    );
  withJson(withLedger(program.command('controls')))
    .description('What is switched off, pinned and held out: by whom, when and why.')
    .action(async (ledger: string, flags: Flags) => {
      const damaged: unknown[] = [];
      const controls = await useLedger(ledger, async store => (await store.controls?.(row => damaged.push(row))) ?? []);
      printResult(controls, flags, controlsText);
      if (damaged.length > 0) throw damaged[0];
    });
}

function setter(command: Command): Command {
  return withJson(withConfig(withLedger(command)))
    .option('--why <reason>', 'recorded, for the people who read `outcome-router controls`')
    .option('--by <name>', 'who sets it (default: the user of this shell)');
}

async function set(
  ledger: string,
  control: NewControl,
  { by = userInfo().username, why, ...flags }: Flags,
): Promise<void> {
  const note = { by, ...(why === undefined ? {} : { why }) };
  checkNote(note);
  const application = await applicationAt(flags.config);
  const stored = await useLedger(ledger, async store => {
    // Without a configuration, what the ledger's intents have used is what can be meant.
    const known = application === undefined ? await plansIn(store) : configuredPlans(application.features);
    checkKnown(control, known);
    const runtime = systemRuntime();
    const controls = storedControls({ store, runtime, refreshMs: 0, apply: () => {}, faulted: () => {} });
    await controls.set(control, note);
    const all = (await store.controls?.(() => {})) ?? [];
    return all.find(({ kind, subject }) => kind === control.kind && subject === control.subject) as Control;
  });
  printResult(
    stored,
    flags,
    ({ isSet }) =>
      `${describeControl(control)}, in every process on ${shownLedger(ledger)} within one refresh.${hint(isSet)}`,
  );
}

function hint(isSet: boolean): string {
  return isSet ? ' `outcome-router controls` lists what is set.' : '';
}

/** Plans by feature. */
type KnownPlans = ReadonlyMap<string, readonly string[]>;

async function plansIn(store: Store): Promise<KnownPlans> {
  const features = await store.features();
  return new Map(
    await Promise.all(features.map(async name => [name, (await ledgerFacts(store, name)).plans] as const)),
  );
}

function configuredPlans(
  features: ReadonlyMap<string, { readonly plans: readonly (readonly string[])[] }>,
): KnownPlans {
  return new Map([...features].map(([name, { plans }]) => [name, plans.map(planKey)]));
}

/** @throws RouterError with the known names: a misspelt one would switch nothing off, without a word */
function checkKnown({ kind, subject, plan, isSet }: NewControl, known: KnownPlans): void {
  const models = new Set([...known.values()].flat().flatMap(planOfKey));
  const names = kind === 'disabled' ? [...models] : [...known.keys()];
  if (!names.includes(subject))
    throw new RouterError(
      kind === 'disabled' ? 'unknown-model' : 'unknown-feature',
      `nothing is named "${subject}" here`,
      {
        path: kind === 'disabled' ? '<model>' : '<feature>',
        accepted: names,
        given: subject,
      },
    );
  if (!isSet || plan === undefined) return;
  const plans = known.get(subject) ?? [];
  const candidates = [...new Set(plans.flatMap(planOfKey))];
  const [what, path, accepted] = kind === 'pinned' ? ['plan', '<plan>', plans] : ['candidate', '<model>', candidates];
  if (!accepted.includes(plan))
    throw new RouterError('invalid-value', `"${subject}" has no ${what} "${plan}"`, { path, accepted, given: plan });
}

function controlsText(controls: readonly Control[]): string {
  const set = controls.filter(({ isSet }) => isSet);
  if (set.length === 0) return 'Nothing is switched off, pinned or held out.';
  const rows = set.map(control => [
    describeControl(control),
    `${formatMoment(control.atMs)} UTC`,
    control.by ?? '',
    control.why ?? '',
  ]);
  return renderTable([left('Set'), left('Since'), left('By'), left('Why')], rows);
}
