/**
 * `outcome-router disable`, `enable`, `pin`, `unpin`, `holdout`, `end-holdout` and `controls`: settings for every process on a
 * ledger.
 */
import { userInfo } from 'node:os';
import type { Command } from 'commander';
import { ledgerFacts } from '../../analysis/ledger-facts.ts';
import type { Control } from '../../contracts/control-store.ts';
import type { Store } from '../../contracts/store.ts';
import type { PlanKey } from '../../core/ledger/vocabulary.ts';
import { modelOfNode, planKey, planOfKey } from '../../core/ledger/vocabulary.ts';
import { describeControl } from '../../core/report/control-words.ts';
import { formatMoment } from '../../core/report/wording.ts';
import type { NewControl } from '../../engine/state/controls.ts';
import { checkNote, storedControls } from '../../engine/state/controls.ts';
import { RouterError } from '../../errors.ts';
import { systemRuntime } from '../../runtime.ts';
import { applicationAt, withConfig } from '../io/application.ts';
import { describeFailure } from '../io/failure.ts';
import { shownLedger } from '../io/address.ts';
import { useLedger, withLedger } from '../io/ledger.ts';
import { plansByFeature } from '../io/ledger-plans.ts';
import { parseShare } from '../io/numbers.ts';
import { printResult, withJson } from '../io/output.ts';
import { left, renderTable } from '../text/table.ts';

interface Flags {
  readonly json?: boolean;
  readonly config?: string;
  readonly by?: string;
  readonly why?: string;
  readonly history?: boolean;
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
    .requiredOption('--fraction <fraction>', 'of the new intents: 5%, or 0 for no holdout', parseShare)
    .action((feature: string, plan: string, ledger: string, { fraction, ...flags }: Flags & { fraction: number }) =>
      set(ledger, { kind: 'holdout', subject: feature, isSet: true, plan, fraction }, flags),
    );
  setter(program.command('end-holdout').argument('<feature>', 'name of the feature'))
    .description('Lift the holdout that `holdout` has set, so that the configured holdout applies again.')
    .action((feature: string, ledger: string, flags: Flags) =>
      set(ledger, { kind: 'holdout', subject: feature, isSet: false }, flags),
    );
  withJson(withLedger(program.command('controls')))
    .description('What is switched off, pinned and held out: by whom, when and why.')
    .option('--history', 'also what was set and lifted before: the last 20 times for each')
    .action(async (ledger: string, flags: Flags) => {
      const damaged: unknown[] = [];
      const controls = await useLedger(ledger, async store => (await store.controls?.(row => damaged.push(row))) ?? []);
      printResult(controls, flags, flags.history === true ? historyText : controlsText);
      const [first, ...others] = damaged;
      for (const error of others) process.stderr.write(`${describeFailure(error)}\n`);
      if (first !== undefined) throw first;
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
    // Without a configuration, only names in the ledger are possible.
    const known =
      application === undefined ? await featuresIn(store, control) : configuredFeatures(application.features);
    checkKnown(control, known, (await store.controls?.(() => {})) ?? []);
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

/** The names to which a feature routes. */
interface NamesOfFeature {
  readonly plans: readonly PlanKey[];
  readonly models: readonly string[];
}

type NamesByFeature = ReadonlyMap<string, NamesOfFeature>;

const NO_NAMES: NamesOfFeature = { plans: [], models: [] };

/** Reads no more features than it needs: a model is switched off in a hurry, and a ledger may have thousands of them. */
async function featuresIn(store: Store, { kind, subject, plan = '' }: NewControl): Promise<NamesByFeature> {
  const features = await store.features();
  const known = new Map<string, NamesOfFeature>(features.map(name => [name, NO_NAMES]));
  for (const name of features) {
    if (kind !== 'disabled' && name !== subject) continue;
    const found = await featureIn(store, name);
    known.set(name, found);
    if (found.models.includes(subject)) break;
  }
  if (kind === 'disabled') return known;
  const own = known.get(subject);
  // A climb that was eligible before a long pin and never used is only in the earlier decisions, which take long to read.
  if (own !== undefined && !own.plans.includes(plan) && planOfKey(plan).every(model => own.models.includes(model))) {
    const ever = (await plansByFeature(store, [subject])).get(subject) ?? [];
    known.set(subject, { ...own, plans: unique([...own.plans, ...ever]) });
  }
  return known;
}

/** The last decisions name every candidate by its version, including those that a switch or a pin excluded. */
async function featureIn(store: Store, feature: string): Promise<NamesOfFeature> {
  // If a record is damaged, the statistics still name the models and the plans that were used.
  const { plans, versions } = await ledgerFacts(store, feature).catch(() => ({ plans: [], versions: {} }));
  const keys = (await store.cells(feature, () => {})).map(({ key }) => key);
  const used = keys.flatMap(({ scope, subject }) => (scope === 'plan' ? subject : []));
  const reached = keys.flatMap(({ scope, subject }) => (scope === 'node' ? modelOfNode(subject) : []));
  const models = unique([...[...plans, ...used].flatMap(planOfKey), ...Object.keys(versions), ...reached]);
  return { plans: unique([...plans, ...used, ...models]), models };
}

function configuredFeatures(
  features: ReadonlyMap<string, { readonly plans: readonly (readonly string[])[] }>,
): NamesByFeature {
  return new Map([...features].map(([name, { plans }]) => [name, { plans: plans.map(planKey), models: plans.flat() }]));
}

/** @throws RouterError with the known names: a misspelled name would silently switch nothing off */
function checkKnown({ kind, subject, plan, isSet }: NewControl, known: NamesByFeature, all: readonly Control[]): void {
  // A control that is set can always be lifted, or set again.
  const set = all.filter(control => control.isSet && (control.kind === 'disabled') === (kind === 'disabled'));
  const named = kind === 'disabled' ? [...known.values()].flatMap(({ models }) => models) : [...known.keys()];
  const names = unique([...named, ...set.map(control => control.subject)]);
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
  const { plans, models } = known.get(subject) ?? NO_NAMES;
  const again = set.flatMap(control =>
    control.kind === kind && control.subject === subject ? (control.plan ?? []) : [],
  );
  const [what, path, own] = kind === 'pinned' ? ['plan', '<plan>', plans] : ['candidate', '<model>', models];
  const accepted = unique([...own, ...again]);
  if (!accepted.includes(plan))
    throw new RouterError('invalid-value', `"${subject}" has no ${what} "${plan}"`, { path, accepted, given: plan });
}

function unique(names: readonly string[]): readonly string[] {
  return [...new Set(names)];
}

function controlsText(controls: readonly Control[]): string {
  const set = controls.filter(({ isSet }) => isSet);
  return set.length === 0 ? 'Nothing is switched off, pinned or held out.' : settingsTable(set, 'Since');
}

function historyText(controls: readonly Control[]): string {
  const all = controls.flatMap(control => [
    control,
    ...(control.earlier ?? []).map(setting => ({ ...setting, kind: control.kind, subject: control.subject })),
  ]);
  if (all.length === 0) return 'Nothing was ever switched off, pinned or held out.';
  return settingsTable(
    all.toSorted((a, b) => b.atMs - a.atMs),
    'At',
  );
}

function settingsTable(settings: readonly Omit<Control, 'revision'>[], time: 'Since' | 'At'): string {
  const rows = settings.map(setting => [
    describeControl(setting),
    `${formatMoment(setting.atMs)} UTC`,
    setting.by ?? '',
    setting.why ?? '',
  ]);
  return renderTable([left('Set'), left(time), left('By'), left('Why')], rows);
}
