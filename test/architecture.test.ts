/** Enforces the rules of the architecture, whose reasons are in CONTRIBUTING.md. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Import, Mention, Source } from '../tools/sources.ts';
import { filesMatching, parseSource, ROOT, readSource } from '../tools/sources.ts';

/** The floors, lowest first: a folder (or file) of `src` imports from itself and from lower floors, not from its own floor. */
const FLOORS: readonly (readonly string[])[] = [
  ['nearest-name.ts', 'recently-used.ts', 'asked-together.ts', 'request-bytes.ts', 'bytes.ts', 'sha-256.ts'],
  ['errors.ts'],
  ['argument-checks.ts', 'node-module.ts'],
  ['core'],
  ['runtime.ts', 'file-lock.ts', 'contracts'],
  ['policies', 'wires', 'stores', 'observers', 'prices', 'exports'],
  ['translate'],
  ['config', 'priors'],
  ['engine', 'replay'],
  ['analysis'],
  ['clients'],
  ['router-type.ts'],
  ['start-routing.ts'],
  ['router-parts.ts'],
  ['create-router.ts', 'router.ts'],
  ['testing', 'dashboard', 'outcomes', 'ai-sdk', 'conversations'],
  ['index.ts', 'public'],
  ['demo'],
  ['cli'],
];

/** The rooms of a folder, lowest first: a room imports from itself and from rooms below it. */
const ROOMS: Readonly<Record<string, readonly (readonly string[])[]>> = {
  core: [['ledger', 'math'], ['cells'], ['beliefs'], ['sessions'], ['choice'], ['report'], ['calculator']],
  engine: [['rails', 'attempts'], ['state'], ['engine.ts'], ['request']],
  replay: [['common'], ['table', 'worlds', 'ledger']],
  exports: [['ledger', 'html'], ['focus', 'archive'], ['bill'], ['history']],
  translate: [
    ['neutral'],
    ['openai'],
    ['chat', 'responses', 'anthropic'],
    ['translate.ts'],
    ['errors.ts', 'token-count.ts'],
  ],
  cli: [['io'], ['text'], ['commands'], ['program.ts'], ['main.ts']],
};

/** Maximum number of lines in a file; a longer one usually contains two ideas. */
const MAX_LINES = 250;

/** Files that may use clocks, random numbers, timers and the environment; all others get them passed in. */
const MAY_HAVE_EFFECTS = /^src\/(runtime\.ts|cli\/|testing\/|dashboard\/)/;

/** Files that re-export others as the package's public API: each is one subpath. */
const isBarrel = (file: string): boolean => file === 'src/index.ts' || file.startsWith('src/public/');

/** Packages whose clients the application passes in: the router imports their types, never their code. */
const PROVIDER_SDK = /^(openai|@anthropic-ai\/sdk|ai|@ai-sdk\/|@langchain\/)/;

/** The demo is an application: it imports the official clients when it runs, and says how to install missing ones. */
const ASKS_FOR_CLIENTS = 'src/demo/clients.ts';

const TOOLS_IN_CHROMIUM = 'a part of the page: test/dashboard/tools.browser.test.ts';
const STATES_IN_CHROMIUM = 'a part of the page: test/dashboard/states.browser.test.ts';
const INTENTS_IN_CHROMIUM = 'a part of the page: test/dashboard/intents.browser.test.ts';
const IN_CHROMIUM = 'a part of the page: test/dashboard/page.browser.test.ts';

const PUBLISHED = 'published figures: test/priors/public-benchmark.test.ts checks their form';

const NUMBERS = 'numbers: the tests of the files that use them state what they produce';

/** Files with values that have no test file of their own, and why. */
const TESTED_ELSEWHERE: Readonly<Record<string, string>> = {
  'src/dashboard/page/app.tsx': IN_CHROMIUM,
  'src/dashboard/page/parts/controls.tsx': IN_CHROMIUM,
  'src/dashboard/page/pages/audit.tsx': IN_CHROMIUM,
  'src/dashboard/page/parts/attention-list.tsx': IN_CHROMIUM,
  'src/dashboard/page/parts/change.tsx': IN_CHROMIUM,
  'src/dashboard/page/parts/control-actions.tsx': IN_CHROMIUM,
  'src/dashboard/page/parts/cost-bars.tsx': IN_CHROMIUM,
  'src/dashboard/page/parts/exact-amount.tsx': IN_CHROMIUM,
  'src/dashboard/page/parts/first-rows.tsx': IN_CHROMIUM,
  'src/dashboard/page/parts/headline.tsx': IN_CHROMIUM,
  'src/dashboard/page/parts/saving.tsx': IN_CHROMIUM,
  'src/dashboard/page/parts/section.tsx': IN_CHROMIUM,
  'src/dashboard/page/parts/svg-figure.tsx': IN_CHROMIUM,
  'src/dashboard/page/parts/spark.tsx': IN_CHROMIUM,
  'src/dashboard/page/parts/total-plots.tsx': IN_CHROMIUM,
  'src/dashboard/page/parts/what-changed.tsx': IN_CHROMIUM,
  'src/dashboard/page/pages/calculator.tsx': IN_CHROMIUM,
  'src/dashboard/page/pages/feature.tsx': IN_CHROMIUM,
  'src/dashboard/page/parts/feature-link.tsx': IN_CHROMIUM,
  'src/dashboard/page/parts/figure-plot.tsx': IN_CHROMIUM,
  'src/dashboard/page/parts/figures.tsx': IN_CHROMIUM,
  'src/dashboard/page/parts/intents.tsx': IN_CHROMIUM,
  'src/dashboard/page/pages/bill.tsx': TOOLS_IN_CHROMIUM,
  'src/dashboard/page/parts/connection.tsx': STATES_IN_CHROMIUM,
  'src/dashboard/page/parts/first-steps.tsx': STATES_IN_CHROMIUM,
  'src/dashboard/page/parts/intent-rows.tsx': INTENTS_IN_CHROMIUM,
  'src/dashboard/page/parts/timeline.tsx': INTENTS_IN_CHROMIUM,
  'src/dashboard/page/parts/typed.tsx': 'test/dashboard/focus.browser.test.ts',
  'src/dashboard/page/pages/intents.tsx': INTENTS_IN_CHROMIUM,
  'src/dashboard/page/pages/receipt.tsx': INTENTS_IN_CHROMIUM,
  'src/dashboard/page/main.tsx': IN_CHROMIUM,
  'src/dashboard/page/parts/jump.tsx': IN_CHROMIUM,
  'src/dashboard/page/parts/over-time.tsx': IN_CHROMIUM,
  'src/dashboard/page/pages/overview.tsx': IN_CHROMIUM,
  'src/dashboard/page/parts/period-picker.tsx': IN_CHROMIUM,
  'src/dashboard/page/parts/plans.tsx': IN_CHROMIUM,
  'src/dashboard/page/parts/plot.tsx': IN_CHROMIUM,
  'src/dashboard/page/percent-signs.ts': IN_CHROMIUM,
  'src/dashboard/page/pages/prices.tsx': IN_CHROMIUM,
  'src/dashboard/page/pages/what-if.tsx': IN_CHROMIUM,
  'src/dashboard/page/server.ts': IN_CHROMIUM,
  'src/core/beliefs/constants.ts': NUMBERS,
  'src/core/beliefs/number-constants.ts': NUMBERS,
  'src/core/choice/constants.ts': NUMBERS,
  'src/core/report/constants.ts': NUMBERS,
  'src/core/report/live-state-words.ts':
    'two texts; test/dashboard/live-attention.test.ts and test/analysis/live-explanation.test.ts hold them',
  'src/priors/public-data/coding.ts': PUBLISHED,
  'src/priors/public-data/knowledge.ts': PUBLISHED,
  'src/priors/public-data/reasoning.ts': PUBLISHED,
  'src/priors/public-data/summaries.ts': PUBLISHED,
  'src/priors/public-data/tools.ts': PUBLISHED,
  'src/config/limits.ts':
    'one number; test/config/resolve.test.ts and test/engine/attempts/retry-after.test.ts hold them',
};

const sources = filesMatching('src/**/*.{ts,tsx}').map(readSource);
const byFile = new Map(sources.map(source => [source.file, source]));

function textOf(file: string): string {
  return readFileSync(join(ROOT, file), 'utf8');
}

function unitOf(file: string): string {
  return file.split('/')[1] ?? '';
}

function floorOf(file: string): number {
  return FLOORS.findIndex(units => units.includes(unitOf(file)));
}

function roomOf(file: string): string {
  return file.split('/')[2] ?? '';
}

function roomFloorOf(file: string): number {
  return ROOMS[unitOf(file)]?.findIndex(rooms => rooms.includes(roomOf(file))) ?? 0;
}

/** One line per match: `src/core/ledger/money.ts:3 what`. */
function places(
  of: (source: Source) => readonly Mention[],
  only: (source: Source) => boolean = () => true,
): readonly string[] {
  return sources.filter(only).flatMap(source => of(source).map(({ line, what }) => `${source.file}:${line} ${what}`));
}

function importPlaces(wrong: (part: Import, source: Source) => boolean): readonly string[] {
  return places(source =>
    source.imports.filter(part => wrong(part, source)).map(({ line, specifier }) => ({ line, what: specifier })),
  );
}

describe('floors', () => {
  test('every file of src belongs to a floor', () => {
    expect(sources.map(({ file }) => file).filter(file => floorOf(file) < 0)).toEqual([]);
  });

  test('a file imports from its own folder and the floors below, types included', () => {
    const wrong = importPlaces(
      ({ file }, source) =>
        file !== undefined &&
        unitOf(file) !== unitOf(source.file) &&
        !(file.startsWith('src/') && floorOf(file) < floorOf(source.file)),
    );
    expect(wrong).toEqual([]);
  });

  test('in a folder that is divided into rooms, every file belongs to a room', () => {
    expect(sources.map(({ file }) => file).filter(file => roomFloorOf(file) < 0)).toEqual([]);
  });

  test('a room imports from itself and from the rooms below it, types included', () => {
    const wrong = importPlaces(
      ({ file }, source) =>
        file !== undefined &&
        unitOf(file) === unitOf(source.file) &&
        roomOf(file) !== roomOf(source.file) &&
        ROOMS[unitOf(file)] !== undefined &&
        roomFloorOf(file) >= roomFloorOf(source.file),
    );
    expect(wrong).toEqual([]);
  });

  test('CONTRIBUTING.md names every floor, and every room in its order', () => {
    const page = textOf('CONTRIBUTING.md');
    expect(FLOORS.flat().filter(unit => !page.includes(unit))).toEqual([]);
    for (const [folder, rooms] of Object.entries(ROOMS)) {
      const highestFirst = rooms.toReversed().map(floor => floor.join(', '));
      expect(page).toContain(`\n${folder.padEnd(11)}${highestFirst.join(' · ')}\n`);
    }
  });

  test('a relative import names a file that exists, with its extension', () => {
    expect(importPlaces(({ file }) => file !== undefined && !existsSync(join(ROOT, file)))).toEqual([]);
  });

  test('no imports are circular, types included', () => {
    expect(circles()).toEqual([]);
  });

  test('only the public entry files re-export from other files', () => {
    expect(
      places(
        source => source.reExports,
        ({ file }) => !isBarrel(file),
      ),
    ).toEqual([]);
    expect(sources.map(({ file }) => file).filter(file => file.endsWith('/index.ts') && !isBarrel(file))).toEqual([]);
  });
});

describe('effects', () => {
  test('only the runtime, command line, dashboard and test kit use clocks, random numbers, timers or the environment', () => {
    expect(
      places(
        source => source.effects,
        ({ file }) => !MAY_HAVE_EFFECTS.test(file),
      ),
    ).toEqual([]);
  });

  test('the core is pure: it imports only itself and errors, and has no asynchronous code', () => {
    const inCore = ({ file }: Source): boolean => file.startsWith('src/core/');
    expect(places(source => source.asyncs, inCore)).toEqual([]);
    expect(importPlaces(({ file }, source) => inCore(source) && file === undefined)).toEqual([]);
  });

  test('no provider SDK is imported at run time', () => {
    const isAllowed = ({ typeOnly, dynamic }: Import, { file }: Source): boolean =>
      typeOnly || (dynamic && file === ASKS_FOR_CLIENTS);
    expect(importPlaces((part, source) => PROVIDER_SDK.test(part.specifier) && !isAllowed(part, source))).toEqual([]);
  });

  test('importing the main entry loads no optional peer, no store client and no command line', () => {
    const loaded = [...closureOf('src/index.ts')];
    const heavy = /^(@opentelemetry\/|pg$|ioredis$|node:sqlite$|node:http$|commander$|@clack\/|cli-table3$|csv-parse)/;
    expect(loaded.filter(name => heavy.test(name) || /^src\/(cli|dashboard|demo|testing)\//.test(name))).toEqual([]);
  });

  test('importing the main entry loads no report and no explanation: they load at their first use', () => {
    const loaded = [...closureOf('src/index.ts')];
    expect(loaded.filter(name => /^src\/(analysis|replay|exports)\//.test(name))).toEqual([]);
  });
});

describe('one place', () => {
  /** Representations that only one file may handle, and a pattern that finds code elsewhere that handles them too. */
  test.each([
    ['the bits of a plan set', 'src/core/ledger/plan-set.ts', /1 << |& ~|>>> \w+\) & 1/],
    [
      'the separators of plan and node keys',
      'src/core/ledger/vocabulary.ts',
      /(split|join)\('>'\)|`\$\{[\w.]+\}[>!]\$\{/,
    ],
  ])('%s are handled only in %s', (_, owner, trace) => {
    expect(trace.test(byFile.get(owner)?.text.replaceAll(/REJECTED|UNAVAILABLE/g, "'>'") ?? '')).toBe(true);
    // Random numbers and tables of powers use bit operations on numbers that are not plan sets.
    const others = sources.filter(({ file }) => file !== owner && !file.startsWith('src/core/math/'));
    expect(others.filter(({ text }) => trace.test(text)).map(({ file }) => file)).toEqual([]);
  });
});

describe('tests', () => {
  const testFiles = filesMatching('test/**/*.{ts,tsx}');

  test('every file with executable code has a mirrored test', () => {
    const untested = sources
      .filter(({ file, hasValues }) => hasValues && !(file in TESTED_ELSEWHERE))
      .map(({ file }) => file.replace(/^src\//, 'test/').replace(/\.tsx?$/, '.test.ts'))
      .filter(file => !existsSync(join(ROOT, file)));
    expect(untested).toEqual([]);
  });

  test('every file that is excused from having a mirrored test exists', () => {
    expect(Object.keys(TESTED_ELSEWHERE).filter(file => !byFile.has(file))).toEqual([]);
  });

  test('no test is skipped, focused or marked as todo', () => {
    const parked = /\.(skip|skipIf|runIf|only|todo)\b\s*[(.`]|\b(xit|xtest|xdescribe|fit|fdescribe)\(/;
    const wrong = testFiles.flatMap(file => {
      const lines = textOf(file).split('\n');
      return lines.flatMap((line, index) => (parked.test(line) ? [`${file}:${index + 1} ${line.trim()}`] : []));
    });
    expect(wrong).toEqual([]);
  });

  test('one helper makes the temporary folders of tests, and removes them', () => {
    const wrong = testFiles.filter(
      file => file.endsWith('.test.ts') && /mkdtemp\w*\(join\(tmpdir\b/.test(textOf(file)),
    );
    expect(wrong).toEqual([]);
  });

  test('no module is replaced by a mock: fakes are real servers and injected clocks', () => {
    const wrong = testFiles.filter(file => /\b(vi|vitest)\.(mock|doMock)\(/.test(textOf(file)));
    expect(wrong).toEqual([]);
  });
});

describe('size and names', () => {
  test('no file of src has more than 250 lines', () => {
    const lengths = sources.map(({ file, text }) => [file, text.split('\n').length - 1] as const);
    expect(lengths.filter(([, lines]) => lines > MAX_LINES)).toEqual([]);
  });

  test('a type name occurs once in src', () => {
    const owners = Map.groupBy(
      sources.flatMap(({ file, text }) =>
        [...text.matchAll(/^(?:export )?(?:interface|type) (\w+)/gm)].map(([, name = '']) => ({ name, file })),
      ),
      ({ name }) => name,
    );
    expect([...owners.values()].filter(files => files.length > 1)).toEqual([]);
  });

  test('every path that CONTRIBUTING.md names exists', () => {
    const paths = textOf('CONTRIBUTING.md').match(/(?<=`)(?:src|test|docs|tools|benchmarks)\/[\w./-]+(?=`)/g) ?? [];
    expect(paths.length).toBeGreaterThan(10);
    expect(paths.filter(path => !existsSync(join(ROOT, path)))).toEqual([]);
  });
});

describe('types', () => {
  test('the type any appears nowhere in src', () => {
    expect(places(source => source.anys)).toEqual([]);
  });

  test('no object of the core and the engine has getters of its own: V8 would look up all its members by their hashes', () => {
    const own = /^ +get \w+\(/m;
    const isHot = ({ file }: Source): boolean => /^src\/(core|engine)\//.test(file);
    expect(sources.filter(each => isHot(each) && own.test(each.text)).map(({ file }) => file)).toEqual([]);
  });

  test('no object that clients and wires make for a request has getters of its own: its shape would keep the request in memory', () => {
    // Those of a class are not so deep inside.
    const own = /^ {4,}get \w+\(/m;
    const isOfRequests = ({ file }: Source): boolean => /^src\/(clients|wires)\//.test(file);
    expect(sources.filter(each => isOfRequests(each) && own.test(each.text)).map(({ file }) => file)).toEqual([]);
  });

  test('no file has a default export', () => {
    expect(sources.filter(({ text }) => /^export default\b/m.test(text)).map(({ file }) => file)).toEqual([]);
  });
});

describe('the checks of the rules find violations', () => {
  const sample = parseSource(
    'src/core/sample.ts',
    `import type { A } from '../engine/a.ts';
     import { type B } from './b.ts';
     import { setTimeout as sleep } from 'node:timers/promises';
     import { c } from './c.ts';
     export { c };
     export { d } from './d.ts';
     export * from './e.ts';
     type F = import('./f.ts').F;
     const g = await import('./g.ts');
     export const h = async (x: any, y = z as any): Promise<void> => { Date.now(); new Date(); new Date(0); Math.random(); process.env.HOME; };`,
  );

  test('the source parser finds every kind of import and its kind', () => {
    const kinds = sample.imports.map(({ file, specifier, typeOnly, dynamic }) => [
      file ?? specifier,
      typeOnly,
      dynamic,
    ]);
    expect(kinds.toSorted((a, b) => (String(a[0]) < String(b[0]) ? -1 : 1))).toEqual([
      ['node:timers/promises', false, false],
      ['src/core/b.ts', true, false],
      ['src/core/c.ts', false, false],
      ['src/core/d.ts', false, false],
      ['src/core/e.ts', false, false],
      ['src/core/f.ts', true, false],
      ['src/core/g.ts', false, true],
      ['src/engine/a.ts', true, false],
    ]);
  });

  test('the source parser finds side effects, asynchronous code, `any` and re-exports', () => {
    expect(new Set(sample.effects.map(({ what }) => what))).toEqual(
      new Set(['setTimeout', 'Date.now', 'new Date()', 'Math.random', 'process.env']),
    );
    expect(new Set(sample.asyncs.map(({ what }) => what))).toEqual(new Set(['await', 'async', 'Promise']));
    expect(sample.anys).toHaveLength(2);
    expect(sample.reExports.map(({ what }) => what)).toEqual(['c', './d.ts', './e.ts']);
  });

  test('a file that contains only types needs no test', () => {
    expect(
      parseSource(
        'src/a.ts',
        `import type { B } from './b.ts'; export interface A { readonly b: B } export type C = A;`,
      ).hasValues,
    ).toBe(false);
    expect(parseSource('src/a.ts', 'export const a = 1;').hasValues).toBe(true);
  });
});

/** Circular imports, each as its path: `a → b → a`. */
function circles(): readonly string[] {
  const found: string[] = [];
  const finished = new Set<string>();
  const visit = (file: string, way: readonly string[]): void => {
    const start = way.indexOf(file);
    if (start >= 0) found.push([...way.slice(start), file].join(' → '));
    if (start >= 0 || finished.has(file)) return;
    for (const next of byFile.get(file)?.imports ?? []) if (next.file !== undefined) visit(next.file, [...way, file]);
    finished.add(file);
  };
  for (const { file } of sources) visit(file, []);
  return found;
}

/** All files that are loaded with one file, and packages by their specifiers. */
function closureOf(entry: string): ReadonlySet<string> {
  const loaded = new Set<string>();
  const visit = (name: string): void => {
    if (loaded.has(name)) return;
    loaded.add(name);
    for (const part of byFile.get(name)?.imports ?? [])
      if (!part.typeOnly && !part.dynamic) visit(part.file ?? part.specifier);
  };
  visit(entry);
  return loaded;
}
