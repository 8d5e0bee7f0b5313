/**
 * `npm run site [-- folder]`: the documentation as a website that needs no network: the pages of docs in the order of
 * docs/index.md, and a reference of every public name, made from its types and comments. Any warning is an error: a type that a
 * public signature mentions must be exported, and every link must lead somewhere.
 */
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative, resolve } from 'node:path';
import { Application, Converter, LogLevel, PageEvent } from 'typedoc';
import { filesMatching, ROOT } from '../sources.ts';
import { guides } from './guides.ts';

interface Manifest {
  readonly repository: { readonly url: string };
  readonly exports: Readonly<Record<string, { readonly default: string } | string>>;
}

/**
 * Types that an application cannot use: lists whose values a union names, conditions that check a configuration, types that only
 * the package reads.
 */
const NOT_EXPORTED = [
  'src/config/any-name.ts:AnyName',
  'src/config/router-config.ts:Checked',
  'src/config/router-config.ts:KnownFeature',
  'src/config/router-config.ts:NestedInEach',
  'src/config/router-config.ts:NoOtherInEach',
  'src/clients/intent-input.ts:ValueOf',
  'src/contracts/preference-names.ts:PREFERENCE_NAMES',
  'src/core/beliefs/learned-feature.ts:LearnedFeature',
  'src/core/beliefs/number-model.ts:NumberModel',
  'src/core/cells/cell.ts:SUM_NAMES',
  'src/core/ledger/effort.ts:EFFORTS',
  'src/core/ledger/usage.ts:METERS',
  'src/exports/bill/bill-row.ts:ROW_KINDS',
  'src/exports/bill/differences.ts:REASONS',
  'src/outcomes/options.ts:SharedOutcomeOptions',
  'src/outcomes/record.ts:RecordedIntent',
  'src/router.ts:createRouterOn',
  'src/stores/postgres/connection.ts:PostgresClient',
  'src/testing/fake-tokens.ts:FAKE_METERS',
];

const out = resolve(process.argv[2] ?? join(ROOT, 'site'));
const manifest = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as Manifest;
const repository = manifest.repository.url.replace(/^git\+|\.git$/g, '');

/** Source file of each entry → the name that an application imports. */
const entries = new Map(
  Object.entries(manifest.exports).flatMap(([subpath, target]) =>
    typeof target === 'string'
      ? []
      : [[target.default.replace('./dist/', 'src/').replace(/\.js$/, '.ts'), `outcome-router${subpath.slice(1)}`]],
  ),
);

const copied = mkdtempSync(join(tmpdir(), 'outcome-router-site-'));
try {
  cpSync(join(ROOT, 'docs', 'images'), join(copied, 'docs', 'images'), { recursive: true });
  const shown = new Set(guides().map(({ file }) => file));
  for (const guide of guides())
    copyPage(guide.file, `---\ntitle: ${JSON.stringify(guide.title)}\ngroup: ${guide.group}\n---\n\n`, shown);
  copyPage('README.md', '', shown);
  await build();
} finally {
  rmSync(copied, { recursive: true });
}

/** A page whose links to files outside the site lead to the repository. */
function copyPage(file: string, head: string, shown: ReadonlySet<string>): void {
  const text = readFileSync(join(ROOT, file), 'utf8')
    .replace(/\]\((?!https?:|#)([^)#\s]+)/g, (link, target: string) => {
      const path = relative(ROOT, join(ROOT, file, '..', target));
      const isShown = shown.has(path) || path === 'README.md' || path.startsWith('docs/images/');
      return isShown ? link : `](${repository}/blob/main/${path}`;
    })
    // Typedoc omits code from a heading's address and from its entry in the page's contents.
    .replace(/^##+ .*$/gm, heading => heading.replaceAll('`', ''));
  writeFileSync(join(copied, file), head + text);
}

async function build(): Promise<void> {
  const app = await Application.bootstrap({
    name: 'outcome-router',
    tsconfig: join(ROOT, 'tools', 'site', 'tsconfig.json'),
    entryPoints: [...entries.keys()].map(file => join(ROOT, file)),
    readme: join(copied, 'README.md'),
    projectDocuments: guides().map(({ file }) => join(copied, file)),
    out,
    includeVersion: true,
    headings: { readme: false, document: false },
    customCss: join(import.meta.dirname, 'site.css'),
    customJs: join(import.meta.dirname, 'site.js'),
    favicon: join(import.meta.dirname, 'favicon.svg'),
    disableSources: true,
    hideGenerator: true,
    searchInDocuments: true,
    searchInComments: true,
    sort: ['documents-first', 'source-order'],
    sortEntryPoints: false,
    groupOrder: [
      ...new Set(guides().map(({ group }) => group)),
      'Functions',
      'Interfaces',
      'Type Aliases',
      'Classes',
      'Variables',
    ],
    navigation: { includeGroups: true, includeFolders: false },
    navigationLinks: { Repository: repository },
    visibilityFilters: {},
    includeHierarchySummary: false,
    highlightLanguages: ['ts', 'js', 'sh', 'json', 'diff', 'sql', 'csv', 'yaml', 'python', 'dockerfile'],
    intentionallyNotExported: NOT_EXPORTED,
    logLevel: LogLevel.Warn,
  });
  app.converter.on(Converter.EVENT_RESOLVE_BEGIN, ({ project }) => {
    for (const module of project.children ?? []) {
      const file = project.files.getReflectionPath(module);
      module.name = (file === undefined ? undefined : entries.get(relative(ROOT, file))) ?? module.name;
    }
  });
  app.renderer.on(PageEvent.END, page => {
    page.contents = (page.contents ?? '')
      .replace('<div class="col-content">', '<div class="col-content" role="main">')
      .replace('<nav id="tsd-sidebar-links" ', '$&aria-label="Links" ')
      .replace('<nav class="tsd-navigation">', '<nav class="tsd-navigation" aria-label="Pages">');
  });
  const project = await app.convert();
  if (project === undefined) process.exit(1);
  app.validate(project);
  await app.generateOutputs(project);
  if (app.logger.hasErrors() || app.logger.hasWarnings()) process.exit(1);
  console.log(
    `${filesMatching('docs/*.md').length} pages and ${entries.size} entries in ${relative(process.cwd(), out)}`,
  );
}
