/** The files that `init` writes, and its messages. */
import { printableLines } from '../io/printable.ts';

export interface NewConfig {
  readonly feature: string;
  readonly cheap: NewModel;
  readonly premium: NewModel;
  readonly failureCostUsd: number;
}

export interface NewModel {
  readonly provider: 'openai' | 'anthropic';
  readonly model: string;
}

interface FileStyle {
  readonly isCommonJs: boolean;
}

const text = (value: string): string => `'${value.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;

/** Text of `router.config.ts`. */
export function configFile({ feature, cheap, premium, failureCostUsd }: NewConfig, { isCommonJs }: FileStyle): string {
  const model = (name: string, { provider, model: id }: NewModel): string =>
    `    ${name}: { provider: ${text(provider)}, model: ${text(id)} },\n`;
  return `/** What the router may choose from, and what a failure costs. The commands of outcome-router read this file too: \`--config\`. */
${isCommonJs ? "const { defineConfig } = require('outcome-router');" : "import { defineConfig } from 'outcome-router';"}

${isCommonJs ? 'module.exports =' : 'export default'} defineConfig({
  models: {
${model('cheap', cheap)}${model('premium', premium)}  },
  features: {
    ${text(feature)}: {
      candidates: ['cheap', 'premium'],
      failureCostUsd: ${failureCostUsd}, // USD, of one user who did not get what they wanted
    },
  },
});
`;
}

interface RouterFile extends FileStyle {
  readonly configModule: string;
  /** With `.ts`, a global needs a type. */
  readonly extension: string;
  readonly isNext: boolean;
}

/** Text of `model-router.ts`. */
export function routerFile({ isCommonJs, configModule, extension, isNext }: RouterFile): string {
  const config = text(configModule);
  const imports = isCommonJs
    ? `const { createRouter } = require('outcome-router');
const { sqlite } = require('outcome-router/stores/sqlite');
const config = require(${config});`
    : `import { createRouter } from 'outcome-router';
import { sqlite } from 'outcome-router/stores/sqlite';
import config from ${config};`;
  const name = isCommonJs ? 'exports.router' : 'export const router';
  const created = "createRouter({ ...config, store: sqlite('router.db') })";
  const kept = `
const opened = () => ${created};
// In development Next.js loads a changed module again: the router is kept, so that the ledger is opened once.
const kept = globalThis${extension === '.ts' ? ' as typeof globalThis & { modelRouter?: ReturnType<typeof opened> }' : ''};
${name} = kept.modelRouter ??= opened();
`;
  return `/** The router of this application, once per process. Before the process ends: \`await router.close()\`. */
${imports}
${isNext ? kept : `\n${name} = ${created};\n`}`;
}

export interface InitResult {
  readonly folder: string;
  /** New files, by their path in the folder. */
  readonly written: readonly string[];
  /** Files that already exist, and are not changed. */
  readonly kept: readonly string[];
  readonly clients: readonly {
    readonly file: string;
    readonly line: number;
    readonly client: string;
    /** `open`: the diff wraps it. `changed`: this run has wrapped it. */
    readonly state: 'open' | 'changed' | 'wrapped' | 'skipped';
    readonly why?: string;
  }[];
  /** Files that could not be read, and why. */
  readonly unread: readonly { readonly file: string; readonly why: string }[];
  readonly diff: string;
  readonly calls: readonly { readonly file: string; readonly line: number; readonly model: string }[];
  readonly feature: string | undefined;
  readonly isInstalled: boolean;
}

/** Maximum number of listed calls; the others are counted. */
const MAX_CALLS = 10;

export function renderInit(result: InitResult): string {
  const { written, kept, clients, unread, diff, calls } = result;
  const of = (state: string): typeof clients => clients.filter(client => client.state === state);
  const lines = [
    ...written.map(file => `wrote ${file}`),
    ...kept.map(file => `kept ${file}, which was there already`),
    ...of('changed').map(({ file, line, client }) => `wrapped ${client} in ${file}:${line}`),
    ...of('wrapped').map(({ file, line, client }) => `${client} in ${file}:${line} is wrapped already`),
    ...of('skipped').map(({ file, line, client, why }) => `${client} in ${file}:${line} stays as it is: ${why}`),
    ...unread.map(({ file, why }) => `${file} stays as it is: ${why}`),
  ];
  if (clients.length === 0 && unread.length === 0)
    lines.push(
      'No `new OpenAI()` and no `new Anthropic()` was found. Write `router.wrap(client)` where yours is made.',
      'The AI SDK, LangChain and other clients: node_modules/outcome-router/docs/ai-sdk.md.',
    );
  // The carriage returns of Windows belong in the files, not on the terminal.
  if (diff !== '')
    lines.push('', diff.replaceAll('\r\n', '\n'), '', 'To make this change: npx outcome-router init --apply');
  const shown = calls.slice(0, MAX_CALLS).map(({ file, line, model }) => `  ${file}:${line}  model: '${model}'`);
  if (calls.length > MAX_CALLS) shown.push(`  … and ${calls.length - MAX_CALLS} more`);
  const feature = result.feature ?? 'NAME';
  lines.push(
    '',
    'Nothing is routed yet. Next:',
    ...(result.isInstalled ? [] : ['- npm install outcome-router']),
    `- In a call, replace the model's name by \`router.feature('${feature}').intent().model\`, and keep the intent's id.`,
    ...shown,
    `- When you know how it went: \`router.feature('${feature}').outcome(id, { success: true })\`.`,
    '- router.db is the ledger: keep it out of git. node_modules/outcome-router/docs/getting-started.md explains each step.',
  );
  return printableLines(lines.join('\n'));
}
