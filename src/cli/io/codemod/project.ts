/** An application's folder: its source files, the place for its router, and how its files import each other. */
import { execFileSync } from 'node:child_process';
import { existsSync, lstatSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';
import { RouterError } from '../../../errors.ts';
import { SOURCE_FILE } from './syntax.ts';

/** A file that loads an SDK, or calls a client of one, by its path in the folder. */
export interface SourceFile {
  readonly file: string;
  readonly text: string;
}

const LOADS_SDK = /['"](?:openai|@anthropic-ai\/sdk)['"]/;
/** A call on a client that another file has created. */
const CALLS_CLIENT = /\.(?:completions|responses|messages)\s*\.\s*(?:create|parse|stream)\s*\(/;

/** The largest file that is read: a larger one is generated. */
const MAX_BYTES = 1_000_000;
/** Folders whose files are generated, and tests, which open no ledger. */
const LEFT_OUT = /(?:^|\/)(?:node_modules|dist|build|out|coverage|vendor|\.[^/]*|tests?|__tests__|__mocks__)\//;
const TEST_FILE = /\.(?:test|spec|stories)\.[mc]?[jt]sx?$/;

/**
 * The files of a folder that may create a client of an SDK or call one, sorted; links and files that git ignores are left out.
 */
export function sourceFiles(folder: string): {
  readonly clients: readonly SourceFile[];
  readonly callers: readonly SourceFile[];
} {
  const all = handWritten(folder);
  return {
    clients: all.filter(({ text }) => LOADS_SDK.test(text)),
    callers: all.filter(({ text }) => !LOADS_SDK.test(text) && CALLS_CLIENT.test(text)),
  };
}

function handWritten(folder: string): readonly SourceFile[] {
  const files = knownToGit(folder) ?? allFiles(folder);
  return files
    .filter(file => SOURCE_FILE.test(file) && !TEST_FILE.test(file) && !LEFT_OUT.test(file))
    .sort()
    .flatMap(file => {
      const found = lstatSync(join(folder, file), { throwIfNoEntry: false });
      // Links are not followed: imports are resolved relative to the file that the link leads to.
      const text = found?.isFile() === true && found.size <= MAX_BYTES ? readText(join(folder, file)) : undefined;
      return text === undefined ? [] : [{ file, text }];
    });
}

/** All files below a folder, without links. */
function allFiles(folder: string, below = ''): readonly string[] {
  return readdirSync(join(folder, below), { withFileTypes: true }).flatMap(entry => {
    const path = below + entry.name;
    if (entry.isDirectory()) return LEFT_OUT.test(`${path}/`) ? [] : allFiles(folder, `${path}/`);
    return entry.isFile() ? [path] : [];
  });
}

/** `undefined` for a file that is not UTF-8: it could not be written back unchanged. */
function readText(path: string): string | undefined {
  const bytes = readFileSync(path);
  const text = bytes.toString('utf8');
  return Buffer.from(text).equals(bytes) ? text : undefined;
}

/** `undefined` if git does not know the files: outside a repository, or in an ignored folder. */
function knownToGit(folder: string): readonly string[] | undefined {
  const files = git(folder, ['ls-files', '-z', '--cached', '--others', '--exclude-standard'])
    ?.split('\0')
    .filter(Boolean);
  return files?.length === 0 ? undefined : files;
}

/** The output of git; `undefined` outside a repository, or without git. */
function git(folder: string, args: readonly string[]): string | undefined {
  try {
    return execFileSync('git', args, {
      cwd: folder,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
      maxBuffer: 1e9,
    });
  } catch {
    return undefined;
  }
}

/** The reason why changes of these files could not be undone with git; `undefined` if they can. */
export function irrevocable(folder: string, files: readonly string[]): string | undefined {
  const changed = git(folder, ['status', '--porcelain', '-z', '--', ...files]);
  if (changed === undefined) return 'this is not a git repository';
  if (git(folder, ['ls-files', '--error-unmatch', '--', ...files]) === undefined)
    return 'git does not track these files';
  const [first] = changed.split('\0');
  return first === undefined || first === '' ? undefined : `${first.slice(3)} has changes that are not committed`;
}

/**
 * While the command asked questions, an editor may have saved one of the files: that change would be lost. @throws RouterError
 * `invalid-value`
 */
export function requireUnchanged(folder: string, files: readonly SourceFile[]): void {
  for (const { file, text } of files)
    if (readText(join(folder, file)) !== text)
      throw new RouterError('invalid-value', 'the file has changed since it was read, and nothing was written', {
        path: file,
        accepted: 'the same command once more',
      });
}

/** The format of the files to write. */
export interface ProjectStyle {
  /** Folder of the new files, relative to the application's: `src`, or `.`. */
  readonly home: string;
  /** Extension of the new files. */
  readonly extension: '.ts' | '.js' | '.mjs';
  /** The files use `require` and `module.exports`. */
  readonly isCommonJs: boolean;
  /** The ending of an import of one of the new files. */
  readonly importEnd: '' | '.ts' | '.js' | '.mjs';
}

export function styleOf(folder: string, files: readonly SourceFile[]): ProjectStyle {
  const isInSource = files.length > 0 && files.every(({ file }) => file.startsWith('src/'));
  const home = isInSource ? 'src' : '.';
  const isTypeScript = existsSync(join(folder, 'tsconfig.json')) || files.some(({ file }) => /\.[mc]?tsx?$/.test(file));
  if (isTypeScript) return { home, extension: '.ts', isCommonJs: false, importEnd: endOfImports(folder, files) };
  const isModule = packageOf(folder)['type'] === 'module';
  const hasImports = files.some(({ file, text }) => /\.jsx?$/.test(file) && /^\s*(?:import|export)\b/m.test(text));
  const isMjs = !isModule && !hasImports && files.some(({ file }) => file.endsWith('.mjs'));
  const extension = isMjs ? '.mjs' : '.js';
  return { home, extension, isCommonJs: !isModule && !hasImports && !isMjs, importEnd: extension };
}

/** The ending of the application's own imports; if it has none, the ending that its compiler requires. */
function endOfImports(folder: string, files: readonly SourceFile[]): '' | '.ts' | '.js' {
  const ends = files.flatMap(({ text }) =>
    [...text.matchAll(/\bfrom\s+['"]\.{1,2}\/[^'"]*?(\.[mc]?[jt]sx?)?['"]/g)].map(([, end = '']) => end),
  );
  const count = (pattern: RegExp): number => ends.filter(end => pattern.test(end)).length;
  const counts = [
    ['', count(/^$/)],
    ['.ts', count(/t/)],
    ['.js', count(/j/)],
  ] as const;
  const [[most, times]] = counts.toSorted((a, b) => b[1] - a[1]) as [(typeof counts)[number]];
  if (times > 0) return most;
  const config = join(folder, 'tsconfig.json');
  // A project without a configuration of the compiler is run by Node itself, which needs the extension `.ts` in imports.
  if (!existsSync(config)) return '.ts';
  const text = readFileSync(config, 'utf8');
  if (/"(?:allowImportingTsExtensions|rewriteRelativeImportExtensions)"\s*:\s*true/.test(text)) return '.ts';
  return /"module(?:Resolution)?"\s*:\s*"node(?:16|18|20|next)"/i.test(text) ? '.js' : '';
}

/** The content of package.json; an empty object if there is none. */
export function packageOf(folder: string): Readonly<Record<string, unknown>> {
  try {
    return JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Readonly<Record<string, unknown>>;
  } catch {
    return {};
  }
}

/**
 * The packages of a workspace in which all its clients are created; none if the root is an application of its own, or no
 * workspace.
 */
export function packagesOfClients(folder: string, clients: readonly SourceFile[]): readonly string[] {
  if (!('workspaces' in packageOf(folder)) && !existsSync(join(folder, 'pnpm-workspace.yaml'))) return [];
  const packages = clients.map(({ file }) => {
    let at = dirname(file);
    while (at !== '.' && !existsSync(join(folder, at, 'package.json'))) at = dirname(at);
    return at;
  });
  return packages.includes('.') ? [] : [...new Set(packages)];
}

/** The path by which one file of the application imports another: `../model-router.js`. */
export function importPath(from: string, to: string, end: string): string {
  const path = relative(dirname(from), to)
    .replaceAll(sep, '/')
    .replace(/\.[mc]?[jt]s$/, end);
  return path.startsWith('.') ? path : `./${path}`;
}
