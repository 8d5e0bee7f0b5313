/**
 * `npm run reference`: writes docs/commands.md from the commands, and docs/entries.md from the exports and their comments. A test fails
 * while a page differs.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Command } from 'commander';
import { parseSync } from 'vite';
import { COMMANDS } from '../src/cli/program.ts';
import { readSource, ROOT } from './sources.ts';

const read = (file: string): string => readFileSync(join(ROOT, file), 'utf8');
const cell = (text: string): string => text.replaceAll('|', '\\|').replaceAll('<', '&lt;');
const code = (text: string): string => `\`${text.replaceAll('|', '\\|')}\``;

/** Every command with its arguments and options, as `--help` has them. */
export async function commandsPage(): Promise<string> {
  const program = new Command('outcome-router');
  for (const load of new Set(COMMANDS.values())) (await load()).register(program);
  return `# Every command

\`npx outcome-router <command> --help\` says the same. \`[ledger]\` is an SQLite file or a \`postgres://\` address; without one, a command reads
the \`router.db\` of the folder. The exit code is 0, 1 after an error, which is one line on stderr, and 1 where a check fails that the
command makes. What a table means: [reading the report](reading-the-report.md), [FinOps](finops.md).

${[...COMMANDS.keys()].flatMap(name => program.commands.filter(each => each.name() === name).flatMap(each => sections(each, name))).join('\n\n')}
`;
}

function sections(command: Command, name: string): readonly string[] {
  if (command.commands.length > 0) return command.commands.flatMap(part => sections(part, `${name} ${part.name()}`));
  const given = command.registeredArguments.map(each => (each.required ? `<${each.name()}>` : `[${each.name()}]`));
  const rows = [
    ...command.registeredArguments.map((argument, k) => [given[k] ?? '', argument.description, argument.defaultValue]),
    ...command.options
      .filter(({ hidden }) => !hidden)
      .map(option => [option.flags, option.description, option.defaultValue]),
  ] as const;
  const lines = rows.map(
    ([what, text, byDefault]) =>
      `| ${code(String(what))} | ${cell(String(text))}${byDefault === undefined ? '' : ` (default: ${code(String(byDefault))})`} |`,
  );
  return [
    `## ${name}\n\n${cell(command.description())}\n\n    npx outcome-router ${[name, ...given].join(' ')}`,
    ...(lines.length === 0 ? [] : [`| | |\n|---|---|\n${lines.join('\n')}`]),
  ];
}

interface Manifest {
  readonly exports: Readonly<Record<string, { readonly default: string } | string>>;
}

/** Every entry of the package with its functions and values, each with the first sentence of its comment, and its types. */
export function entriesPage(): string {
  const { exports } = JSON.parse(read('package.json')) as Manifest;
  const entries = Object.entries(exports).flatMap(([subpath, target]) =>
    typeof target === 'string'
      ? []
      : [
          {
            name: `outcome-router${subpath.slice(1)}`,
            file: target.default.replace('./dist/', 'src/').replace(/\.js$/, '.ts'),
          },
        ],
  );
  return `# Every entry and export

What each entry of the package exports: functions and values with what they are for, then types, then options with their types and
defaults. A wrong or misspelt option is a RouterError that says what would be accepted. Parameters, results and errors are in the comments
that an editor shows, and in the reference that \`npm run site\` makes of them. Options of the configuration: [every option](options.md).

${entries.map(entrySection).join('\n\n')}
`;
}

function entrySection({ name, file }: { readonly name: string; readonly file: string }): string {
  const names = exportsOf(file);
  const values = names.filter(({ isType }) => !isType);
  const types = names.filter(({ isType }) => isType).map(({ name: type }) => `\`${type}\``);
  const about = /^\/\*\* `[^`]+`: ([^]*?) \*\//.exec(read(file))?.[1];
  return [
    `## ${name}`,
    ...(about === undefined ? [] : [`${about[0]?.toUpperCase()}${about.slice(1)}`]),
    `| | |\n|---|---|\n${values.map(({ name: value, file: from }) => `| \`${value}\` | ${sentenceOf(value, from)} |`).join('\n')}`,
    ...(types.length === 0 ? [] : [`Types: ${types.join(', ')}.`]),
    ...names.filter(each => /(?:Options|Input)$/.test(each.name)).flatMap(optionsSection),
  ].join('\n\n');
}

interface Exported {
  readonly name: string;
  readonly file: string;
  readonly isType: boolean;
}

/** The members of an interface of options, each with its comment. */
function optionsSection({ name, file }: Exported): readonly string[] {
  const text = read(file);
  const { program, comments } = parseSync(file, text);
  const found = program.body
    .map(statement => (statement.type === 'ExportNamedDeclaration' ? statement.declaration : null))
    .find(each => each?.type === 'TSInterfaceDeclaration' && each.id.name === name);
  if (found?.type !== 'TSInterfaceDeclaration') return [];
  const bases = found.extends.map(({ start, end }) => code(text.slice(start, end).replaceAll(/\s+/g, ' ')));
  const rows = found.body.body.map(({ start, end }) => {
    const comment =
      comments.findLast(each => each.end <= start && text.slice(each.end, start).trim() === '')?.value ?? '';
    const member = text
      .slice(start, end)
      .replace(/^readonly /, '')
      .replace(/;$/, '')
      .replaceAll(/\s+/g, ' ');
    const shown = member.length > 100 ? `${member.slice(0, member.indexOf(':'))}: …` : member;
    return `| ${code(shown)} | ${cell(plain(comment))} |`;
  });
  return [
    `### ${name}`,
    ...(bases.length === 0 ? [] : [`With those of ${bases.join(' and ')}.`]),
    `| | |\n|---|---|\n${rows.join('\n')}`,
  ];
}

/** A comment on one line. */
function plain(comment: string): string {
  return comment
    .replaceAll(/^\s*\*+ ?/gm, '')
    .replaceAll(/\s+/g, ' ')
    .replaceAll(/\{@link ([\w.]+)\s*\}/g, '`$1`')
    .trim();
}

/** The exports of an entry: those of other files, and its own. */
function exportsOf(file: string): readonly Exported[] {
  const passed = [...read(file).matchAll(/^export (type )?(?:\{([^}]*)\}|(\*)) from '([^']+)';$/gm)].flatMap(
    ([, type, list = '', star, from = '']) => {
      const source = join(file, '..', from);
      // `export type *` exports no function.
      const names =
        star === undefined
          ? list.split(',').map(each => each.trim())
          : readSource(source).exports.filter(name => isTypeIn(name, source));
      return names.filter(Boolean).map(name => ({ name, file: source, isType: type !== undefined }));
    },
  );
  const isIn = new Set(passed.map(({ name }) => name));
  const own = readSource(file).exports.filter(name => !isIn.has(name));
  const all = [...passed, ...own.map(name => ({ name, file, isType: isTypeIn(name, file) }))];
  return all.toSorted((a, b) => (a.name.toLowerCase() < b.name.toLowerCase() ? -1 : 1));
}

function isTypeIn(name: string, file: string): boolean {
  return new RegExp(`^export (?:interface|type|class) ${name}\\b`, 'm').test(read(file));
}

/** The first sentence of the comment before a declaration. */
function sentenceOf(name: string, file: string): string {
  const declared = new RegExp(
    `/\\*\\*((?:(?!\\*/)[^])*)\\*/\\nexport (?:async )?(?:function\\*?|const|class) ${name}\\b`,
  );
  const comment = declared.exec(read(file))?.[1] ?? '';
  const [paragraph = ''] = comment
    .replaceAll(/^ ?\* ?/gm, '')
    .trim()
    .split(/\n\n|(?<![\w'/{])@\w/);
  const text = plain(paragraph);
  const end = text.search(/(?<!\be\.g|\bi\.e)[.:] (?=[A-Z`])/);
  return cell(end < 0 ? text : `${text.slice(0, end)}.`);
}

if (import.meta.main) {
  writeFileSync(join(ROOT, 'docs', 'commands.md'), await commandsPage());
  writeFileSync(join(ROOT, 'docs', 'entries.md'), entriesPage());
}
