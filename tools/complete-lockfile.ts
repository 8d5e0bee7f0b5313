/**
 * `npm run lockfile`, after `npm install`: adds the entries that npm leaves out of package-lock.json: binaries for other
 * platforms that the registry does not carry or node_modules did not have. Without these entries
 * `npm ci` refuses the lockfile, here and on those platforms. Their versions are the exact ones their parents ask for. It asks
 * the registry for every checksum that is missing.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { capture } from './run.ts';
import { ROOT } from './sources.ts';

interface Locked {
  readonly version?: string;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
  readonly dev?: boolean;
  readonly integrity?: string;
  readonly link?: boolean;
}

interface Lockfile {
  packages: Record<string, Locked & object>;
}

export interface Missing {
  readonly name: string;
  readonly version: string;
  readonly parent: string;
  /** Path of the package's entry in the lockfile. */
  readonly path: string;
}

/** Optional dependencies without an entry in the lockfile. */
export function missingFrom(packages: Readonly<Record<string, Locked>>): readonly Missing[] {
  return Object.entries(packages).flatMap(([parent, { optionalDependencies = {} }]) =>
    Object.entries(optionalDependencies).flatMap(([name, wanted]) => {
      const folders = foldersAbove(parent).map(folder => `${folder}node_modules/${name}`);
      const found = folders.findIndex(path => path in packages);
      const has = packages[folders[found] ?? '']?.version;
      const version = wanted.replace(/^npm:.*@/, '');
      if (found >= 0 && (has === version || !EXACT.test(version))) return [];
      // A folder above has another version, so this entry goes into the highest folder below it.
      return [{ name, version, parent, path: folders.at(found < 0 ? -1 : found - 1) ?? '' }];
    }),
  );
}

/** Installed packages without a checksum, by their path in the lockfile. */
export function uncheckedOf(packages: Readonly<Record<string, Locked>>): readonly (readonly [string, Locked])[] {
  return Object.entries(packages).filter(
    ([path, { integrity, link }]) => path.includes('node_modules/') && integrity === undefined && link !== true,
  );
}

const EXACT = /^\d+\.\d+\.\d+(-[\w.]+)?$/;

/** Where Node looks for a package, nearest first: `a/node_modules/b` → `a/node_modules/b/`, `a/`, ``. */
function foldersAbove(path: string): readonly string[] {
  if (path === '') return [''];
  const cut = path.lastIndexOf('node_modules/');
  return [`${path}/`, ...foldersAbove(cut < 0 ? '' : path.slice(0, cut).replace(/\/$/, ''))];
}

/** Platform of a binary package by the words of its name: `binding-linux-arm64-musl`. */
function platformOf(name: string): {
  readonly os?: readonly string[];
  readonly cpu: readonly string[];
  readonly libc?: readonly string[];
} {
  const words = name.split(/[/-]/);
  const os = words.find(word => ['android', 'darwin', 'freebsd', 'linux', 'openharmony', 'win32'].includes(word));
  const cpu = words.find(word => ['arm', 'arm64', 'ia32', 'ppc64', 'riscv64', 's390x', 'x64'].includes(word));
  if (words.includes('wasm32')) return { cpu: ['wasm32'] };
  if (os === undefined || cpu === undefined) throw new Error(`no platform in the name ${name}`);
  const musl = words.some(word => word.startsWith('musl'));
  const glibc = words.some(word => word.startsWith('gnu'));
  return { os: [os], cpu: [cpu], ...(musl ? { libc: ['musl'] } : glibc ? { libc: ['glibc'] } : {}) };
}

if (import.meta.main) {
  const path = join(ROOT, 'package-lock.json');
  const lock = JSON.parse(readFileSync(path, 'utf8')) as Lockfile;
  const missing = missingFrom(lock.packages);
  for (const { name, version, parent, path: entry } of missing) {
    if (!EXACT.test(version)) throw new Error(`${parent} does not say which ${name} exactly: ${version}`);
    const dev = lock.packages[parent]?.dev === true ? { dev: true } : {};
    const added = { version, ...dev, optional: true, ...platformOf(name) };
    lock.packages[entry] = added;
    console.log(`added ${entry} ${version}`);
  }
  const unchecked = uncheckedOf(lock.packages);
  for (const [entry, { version }] of unchecked) {
    const name = entry.slice(entry.lastIndexOf('node_modules/') + 'node_modules/'.length);
    const integrity = capture('npm', ['view', `${name}@${version}`, 'dist.integrity']).stdout.trim();
    if (integrity === '') throw new Error(`the registry has no checksum of ${name} ${version}`);
    lock.packages[entry] = { ...lock.packages[entry], integrity };
  }
  lock.packages = Object.fromEntries(Object.entries(lock.packages).toSorted(([a], [b]) => a.localeCompare(b, 'en')));
  writeFileSync(path, `${JSON.stringify(lock, null, 2)}\n`);
  console.log(`package-lock.json: ${missing.length} entries and ${unchecked.length} checksums added`);
}
