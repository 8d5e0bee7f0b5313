/** `outcome-router init`: a first configuration, a router, and the change that wraps the application's clients. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { cancel, isCancel, text } from '@clack/prompts';
import type { Command } from 'commander';
import { resolveConfig } from '../../config/resolve.ts';
import { isName, nameRule } from '../../core/ledger/names.ts';
import { RouterError } from '../../errors.ts';
import { thompson } from '../../policies/thompson.ts';
import type { ProjectStyle, SourceFile } from '../io/codemod/project.ts';
import {
  importPath,
  irrevocable,
  packageOf,
  packagesOfClients,
  requireUnchanged,
  sourceFiles,
  styleOf,
} from '../io/codemod/project.ts';
import type { WrappedFile } from '../io/codemod/wrap-clients.ts';
import { wrapClients } from '../io/codemod/wrap-clients.ts';
import { parseNumber } from '../io/numbers.ts';
import { printResult, withJson } from '../io/output.ts';
import { writeFileWhole } from '../io/output-file.ts';
import type { InitResult, NewConfig, NewModel } from '../text/init-text.ts';
import { configFile, renderInit, routerFile } from '../text/init-text.ts';
import { unifiedDiff } from '../text/unified-diff.ts';

interface InitFlags {
  readonly feature?: string;
  readonly cheap?: string;
  readonly premium?: string;
  readonly failureCost?: number;
  readonly yes?: boolean;
  readonly apply?: boolean;
  readonly force?: boolean;
  readonly json?: boolean;
}

/** Adds `init` to the program. */
export function register(program: Command): void {
  withJson(program.command('init'))
    .description(
      'Write a first configuration, and show (or --apply) the change that wraps the clients of an application.',
    )
    .argument('[folder]', 'the application', '.')
    .option('--feature <name>', 'what the calls are for: support.reply')
    .option('--cheap <model>', 'the cheap model: gpt-5-mini')
    .option('--premium <model>', 'the premium model: gpt-5')
    .option('--failure-cost <usd>', 'what a failure costs, USD', parseNumber)
    .option('--yes', 'take the default for what no option says, and ask nothing')
    .option('--apply', 'wrap the clients: changes the files that the diff shows')
    .option('--force', 'apply also where git could not undo it')
    .action(async (folder: string, flags: InitFlags) => {
      printResult(await init(folder, flags), flags, renderInit);
    });
}

async function init(folder: string, flags: InitFlags): Promise<InitResult> {
  const { clients, callers } = sourceFiles(folder);
  requireApplication(folder, packagesOfClients(folder, clients));
  const style = styleOf(folder, clients);
  const [config, router] = ['router.config', 'model-router'].map(name =>
    join(style.home, name + style.extension).replaceAll('\\', '/'),
  ) as [string, string];
  const plan = await changesOf(clients, router, style);
  const { read: calling } = await changesOf(callers, router, style);
  // The router's file is checked before the command asks or writes anything.
  requireRouter(join(folder, router));
  const changed = flags.apply === true ? plan.read.filter(({ text: before, result }) => result.text !== before) : [];
  if (flags.force !== true) requireRevocable(folder, changed);
  const has = (file: string): boolean => existsSync(join(folder, file));
  const answers = has(config) ? undefined : await answered(flags, defaultsFor(plan));
  const contents = new Map<string, string>();
  if (answers !== undefined) contents.set(config, configFile(answers, style));
  const configModule = importPath(router, config, style.importEnd);
  if (!has(router)) contents.set(router, routerFile({ ...style, configModule, isNext: isNext(folder) }));
  requireUnchanged(folder, changed);
  for (const [file, content] of contents) await writeFileWhole(join(folder, file), [content]);
  for (const { file, result } of changed) await writeFileWhole(join(folder, file), [result.text]);
  return resultOf({ folder, flags, plan, calling, answers, written: [...contents.keys()], kept: [config, router] });
}

/** The changes in the application's own files. */
interface InitPlan {
  readonly read: readonly (SourceFile & { readonly result: WrappedFile })[];
  readonly unread: readonly { readonly file: string; readonly why: string }[];
}

async function changesOf(files: readonly SourceFile[], router: string, { importEnd }: ProjectStyle): Promise<InitPlan> {
  const read: (SourceFile & { readonly result: WrappedFile })[] = [];
  const unread: { file: string; why: string }[] = [];
  for (const { file, text: content } of files) {
    try {
      const result = await wrapClients({ file, text: content, routerModule: importPath(file, router, importEnd) });
      read.push({ file, text: content, result });
    } catch (error) {
      if (!(error instanceof SyntaxError)) throw error;
      unread.push({ file, why: error.message });
    }
  }
  return { read, unread };
}

/** If each package runs by itself, it cannot import a router at the root. @throws RouterError `invalid-value` */
function requireApplication(folder: string, [first, ...others]: readonly string[]): void {
  if (first === undefined) return;
  throw new RouterError('invalid-value', 'this is the root of a workspace, and its packages make the clients', {
    path: folder,
    accepted: [first, ...others].map(each => `npx outcome-router init ${join(folder, each)}`).join(', '),
  });
}

/** Whether the application uses Next.js, which loads a changed module again in development. */
function isNext(folder: string): boolean {
  const { dependencies } = packageOf(folder) as Readonly<Record<string, object | undefined>>;
  return dependencies !== undefined && 'next' in dependencies;
}

/** A file of this name without a router would break the files that import one. @throws RouterError `invalid-value` */
function requireRouter(file: string): void {
  if (!existsSync(file) || /\bexports\.router\b|\bexport\b[^;]*\brouter\b/.test(readFileSync(file, 'utf8'))) return;
  throw new RouterError('invalid-value', 'the file exports no router', { path: file, accepted: 'another name for it' });
}

/** @throws RouterError `invalid-value` */
function requireRevocable(folder: string, changed: readonly SourceFile[]): void {
  const files = changed.map(({ file }) => file);
  const problem = files.length === 0 ? undefined : irrevocable(folder, files);
  if (problem === undefined) return;
  throw new RouterError('invalid-value', `${problem}, so that the change could not be undone`, {
    path: '--apply',
    accepted: 'a git repository in which these files are committed, or --force',
  });
}

function defaultsFor({ read }: InitPlan): Required<Pick<InitFlags, 'feature' | 'cheap' | 'premium' | 'failureCost'>> {
  const sdks = new Set(read.flatMap(({ result }) => result.clients.map(({ sdk }) => sdk)));
  const isAnthropic = sdks.has('anthropic') && !sdks.has('openai');
  return {
    feature: 'support.reply',
    cheap: isAnthropic ? 'claude-haiku-4-5' : 'gpt-5-mini',
    premium: isAnthropic ? 'claude-sonnet-4-5' : 'gpt-5',
    failureCost: 15,
  };
}

/** Asks for values that no option states. @throws RouterError for an answer that no router could use */
async function answered(flags: InitFlags, defaults: ReturnType<typeof defaultsFor>): Promise<NewConfig> {
  const isAsked = flags.yes !== true && flags.json !== true && process.stdin.isTTY;
  const feature =
    flags.feature ?? (isAsked ? await asked('What are the calls for?', defaults.feature) : defaults.feature);
  let { cheap, premium } = flags;
  if (isAsked && (cheap === undefined || premium === undefined)) {
    const models = await asked(
      'A cheap model and a premium one?',
      `${cheap ?? defaults.cheap}, ${premium ?? defaults.premium}`,
    );
    [cheap, premium] = models.split(/[\s,]+/);
  }
  const failureCostUsd =
    flags.failureCost ??
    (isAsked ? parseNumber(await asked('What does a failure cost, in USD?', String(defaults.failureCost))) : undefined);
  if (!isAsked && flags.yes !== true && [flags.feature, cheap, premium, failureCostUsd].includes(undefined))
    throw new RouterError('invalid-value', 'this is not a terminal, so that nothing can be asked', {
      path: 'init',
      accepted: '--feature, --cheap, --premium and --failure-cost, or --yes for the defaults',
    });
  const config = {
    feature,
    cheap: modelOf(cheap ?? defaults.cheap),
    premium: modelOf(premium ?? defaults.premium),
    failureCostUsd: failureCostUsd ?? defaults.failureCost,
  };
  check(config);
  return config;
}

async function asked(message: string, initialValue: string): Promise<string> {
  const answer = await text({ message, initialValue });
  if (!isCancel(answer)) return answer.trim();
  cancel('Nothing was written.');
  throw new RouterError('invalid-value', 'cancelled', { path: 'init' });
}

function modelOf(name: string): NewModel {
  return { provider: /claude/i.test(name) ? 'anthropic' : 'openai', model: name };
}

/** A configuration that `createRouter` would refuse is not written. */
function check({ feature, cheap, premium, failureCostUsd }: NewConfig): void {
  if (!isName(feature))
    throw new RouterError('invalid-name', 'not a name', { path: '--feature', accepted: nameRule('feature') });
  const features = { [feature]: { candidates: ['cheap', 'premium'] as const, failureCostUsd } };
  resolveConfig({ models: { cheap, premium }, features }, { policy: thompson() });
}

/** The first feature in the text of a configuration: no code of the application is run. */
function firstFeature(file: string): string | undefined {
  const [, name = ''] = /\bfeatures:\s*\{\s*['"]?([^'":\s]+)['"]?\s*:/.exec(readFileSync(file, 'utf8')) ?? [];
  return isName(name) ? name : undefined;
}

interface InitOutcome {
  readonly folder: string;
  readonly flags: InitFlags;
  readonly plan: InitPlan;
  /** Files that call a client created in another file. */
  readonly calling: InitPlan['read'];
  readonly answers: NewConfig | undefined;
  readonly written: readonly string[];
  readonly kept: readonly string[];
}

function resultOf({ folder, flags, plan, calling, answers, written, kept }: InitOutcome): InitResult {
  const isApplied = flags.apply === true;
  const places = [...plan.read, ...calling].flatMap(({ file, text: content, result }) => {
    const lineOf = (at: number): number => content.slice(0, at).split('\n').length;
    return [{ file, content, result, lineOf }];
  });
  const { dependencies, devDependencies } = packageOf(folder) as Readonly<Record<string, object | undefined>>;
  return {
    folder,
    written,
    kept: kept.filter(file => !written.includes(file)),
    clients: places.flatMap(({ file, result, lineOf }) =>
      result.clients.map(({ sdk, node, state }) => ({
        file,
        line: lineOf(node.start),
        client: sdk === 'openai' ? 'OpenAI' : 'Anthropic',
        state: typeof state === 'object' ? ('skipped' as const) : state === 'open' && isApplied ? 'changed' : state,
        ...(typeof state === 'object' ? { why: state.skipped } : {}),
      })),
    ),
    unread: plan.unread,
    diff: isApplied
      ? ''
      : places
          .map(({ file, content, result }) => unifiedDiff(file, content, result.text))
          .filter(Boolean)
          .join('\n'),
    calls: places.flatMap(({ file, result, lineOf }) =>
      result.modelNames.map(node => ({ file, line: lineOf(node.start), model: String(node['value']) })),
    ),
    feature: answers?.feature ?? flags.feature ?? kept.map(file => firstFeature(join(folder, file))).find(Boolean),
    isInstalled: [dependencies, devDependencies].some(each => each !== undefined && 'outcome-router' in each),
  };
}
