/** `outcome-router audit`: a person labels a random sample of intents as ground truth. */
import { cancel, isCancel, note, outro, select } from '@clack/prompts';
import type { Command } from 'commander';
import { InvalidArgumentError, Option } from 'commander';
import type { Period } from '../../core/cells/period.ts';
import { formatCount, formatFigure, formatMoment, formatPercent } from '../../core/report/wording.ts';
import type { AuditItem, AuditSample } from '../../analysis/audit.ts';
import { auditLink, checkLink } from '../../analysis/audit-link.ts';
import { auditSample, recordAudit, requireDrawn } from '../../analysis/audit.ts';
import type { RaterPair } from '../../analysis/rater-agreement.ts';
import { raterAgreement } from '../../analysis/rater-agreement.ts';
import { RouterError } from '../../errors.ts';
import type { Store } from '../../contracts/store.ts';
import { capturedTexts } from '../io/captured-texts.ts';
import { inputFile } from '../io/files.ts';
import { useLedger, withLedger } from '../io/ledger.ts';
import { printResult, withJson } from '../io/output.ts';
import type { PeriodFlags } from '../io/period.ts';
import { parseShare } from '../io/numbers.ts';
import { periodOf, withPeriod } from '../io/period.ts';
import { unknownFeature } from '../io/range.ts';
import { printableLines } from '../io/printable.ts';
import { left, renderTable, right } from '../text/table.ts';

interface AuditFlags extends PeriodFlags {
  readonly json?: boolean;
  readonly feature?: string;
  readonly fraction: number;
  readonly rater?: string;
  readonly agreement?: boolean;
  readonly link?: string;
  readonly text?: string;
  readonly label?: readonly string[];
}

/** Adds `audit` to the program. */
export function register(program: Command): void {
  withJson(withPeriod(withLedger(program.command('audit'))))
    .description(
      'Label a random sample of the intents of a period (default: --last 30d) as ground truth, which corrects the report and the router.',
    )
    .option('--feature <name>', 'the feature to audit')
    .addOption(
      new Option('--fraction <percent>', 'fraction of the intents to draw').argParser(parseDrawn).default(0.05, '5%'),
    )
    .option('--rater <name>', 'who labels: two people can label the same sample')
    .option('--agreement', 'how far the raters agree: Cohen’s kappa of each two')
    .option('--link <template>', 'address of an intent in your system: https://…/{intentId} (or {session}, {feature})')
    .option('--text <file>', 'JSON lines of { "intentId", "text" } that your application has captured', inputFile)
    .option(
      '--label <intent=outcome...>',
      'write labels of the sample without prompting: <intent id>=success, failure or none',
    )
    .action(async (ledger: string, flags: AuditFlags) => {
      await useLedger(ledger, async store => {
        if (flags.label !== undefined) {
          printResult(await labelAll(store, flags.label, flags), flags, renderLabelled);
          return;
        }
        if (flags.agreement === true) {
          const period = periodOr30Days(flags);
          const feature = await featureOf(store, flags.feature);
          printResult(
            await store.consistently(async view => raterAgreement(view, { feature, ...period })),
            flags,
            renderAgreement,
          );
          return;
        }
        const sample = await auditSample(store, {
          feature: await featureOf(store, flags.feature),
          fraction: flags.fraction,
          ...(flags.rater === undefined ? {} : { rater: flags.rater }),
          ...periodOr30Days(flags),
        });
        if (flags.link !== undefined) checkLink(flags.link, '--link');
        const isInteractive = flags.json !== true && process.stdin.isTTY;
        if (isInteractive) await ask(store, sample, flags);
        else printResult(sample, flags, renderSample);
      });
    });
}

/** An old audit says little about the present, so the user must state a period. */
function periodOr30Days(flags: AuditFlags): Period {
  const period = periodOf(flags);
  return Object.keys(period).length === 0 ? periodOf({ last: '30d' }) : period;
}

async function featureOf(store: Store, named: string | undefined): Promise<string> {
  const known = await store.features();
  if (named !== undefined && known.includes(named)) return named;
  const [only] = known;
  if (named === undefined && only !== undefined && known.length === 1) return only;
  if (named !== undefined) throw unknownFeature(named, known);
  const problem = only === undefined ? 'the ledger has no intents yet' : 'the ledger has several features: name one';
  throw new RouterError('unknown-feature', problem, { path: '--feature', accepted: known });
}

function parseDrawn(text: string): number {
  const fraction = parseShare(text);
  if (fraction > 0) return fraction;
  throw new InvalidArgumentError('Nothing would be drawn. Write 5%, or 0.05.');
}

const LABELS = { success: true, failure: false, none: null } as const;

interface Labelled {
  readonly labelled: number;
}

async function labelAll(
  store: Store,
  labels: readonly string[],
  { rater, feature, fraction }: AuditFlags,
): Promise<Labelled> {
  if (feature !== undefined) await featureOf(store, feature);
  const parsed = labels.map(label => {
    const equals = label.lastIndexOf('=');
    const name = label.slice(equals + 1);
    if (equals > 0 && Object.hasOwn(LABELS, name)) {
      return { intentId: label.slice(0, equals), success: LABELS[name as keyof typeof LABELS] };
    }
    throw new RouterError('invalid-value', `${JSON.stringify(label)} is not a label`, {
      path: '--label',
      accepted: '<intent id>=success, <intent id>=failure or <intent id>=none',
    });
  });
  // All labels are checked before the first is written, so that a mistake in one leaves the ledger unchanged.
  for (const { intentId, success } of parsed) {
    // Withdraws a label, for example one that was given by mistake.
    if (success === null) await requireIntent(store, intentId);
    else await requireDrawn(store, intentId, { feature, fraction });
  }
  const by = rater === undefined ? {} : { rater };
  for (const label of parsed) await recordAudit(store, { ...label, ...by, nowMs: Date.now() });
  return { labelled: parsed.length };
}

async function requireIntent(store: Store, intentId: string): Promise<void> {
  if ((await store.load(intentId)).length > 0) return;
  throw new RouterError('unknown-intent', `no intent has the id "${intentId}"`, {
    path: '--label',
    accepted: 'the id of an intent in this ledger',
  });
}

function renderLabelled({ labelled }: Labelled): string {
  return `${formatCount(labelled)} intents are labelled; the next report includes them.`;
}

function renderAgreement(pairs: readonly RaterPair[]): string {
  if (pairs.length === 0) return 'No two raters have labelled the same intent: label with --rater <name>.';
  const table = renderTable(
    [left('Raters'), right('Intents'), right('Same answer'), right('Kappa (95 %)')],
    pairs.map(({ raters, intents, same, kappa }) => [
      raters.join(' and '),
      formatCount(intents),
      formatPercent(same),
      formatFigure(kappa, value => value.toFixed(2)),
    ]),
  );
  return `${table}\nKappa: agreement beyond chance; 1 is all of it, 0 none; not known where one of the two gave a single answer. Where it is low, agree first on what a success is.`;
}

function renderSample({ intents, drawn, audited, unlabelled }: AuditSample): string {
  const head =
    `${formatCount(drawn)} of ${formatCount(intents)} intents are drawn, ${formatCount(audited)} of them are labelled. ` +
    'On a terminal this command prompts for each; --label writes labels without prompting.';
  return [head, ...unlabelled.map(item => item.intentId)].join('\n');
}

async function ask(store: Store, sample: AuditSample, flags: AuditFlags): Promise<void> {
  const texts =
    flags.text === undefined
      ? undefined
      : await capturedTexts(flags.text, new Set(sample.unlabelled.map(item => item.intentId)));
  let done = sample.audited;
  for (const item of sample.unlabelled) {
    note(describe(item, { link: flags.link, text: texts?.get(item.intentId) }), `${done + 1} of ${sample.drawn}`);
    const answer = await select({
      message: 'Did the user get what they wanted?',
      options: [
        { value: 'success', label: 'Yes' },
        { value: 'failure', label: 'No' },
        { value: 'skip', label: 'I cannot tell (skip)' },
        { value: 'stop', label: 'Stop' },
      ],
    });
    if (isCancel(answer) || answer === 'stop') {
      cancel(`${formatCount(done)} of ${formatCount(sample.drawn)} are labelled; the next audit continues here.`);
      return;
    }
    if (answer === 'skip') continue;
    const by = flags.rater === undefined ? {} : { rater: flags.rater };
    await recordAudit(store, { intentId: item.intentId, success: answer === 'success', nowMs: Date.now(), ...by });
    done++;
  }
  outro(`${formatCount(done)} of ${formatCount(sample.drawn)} are labelled.`);
}

/** An intent as the auditor sees it. Its text comes from the application: the ledger never contains prompt or reply text. */
function describe(item: AuditItem, context: { link: string | undefined; text: string | undefined }): string {
  const lines = [
    `intent   ${item.intentId}`,
    ...(item.session === undefined ? [] : [`session  ${item.session}`]),
    `decided  ${formatMoment(item.decidedAtMs)} UTC`,
    ...(context.link === undefined ? [] : [auditLink(context.link, item)]),
    ...(context.text === undefined ? [] : ['', context.text]),
  ];
  return printableLines(lines.join('\n'));
}
