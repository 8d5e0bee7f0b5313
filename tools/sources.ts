/** Reads and parses the project's own source, for the architecture test and the package checks. */
import { globSync, readFileSync } from 'node:fs';
import { dirname, join, posix } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseSync, Visitor } from 'vite';

export const ROOT: string = join(dirname(fileURLToPath(import.meta.url)), '..');

/** An import or a re-export, of values or of types. */
export interface Import {
  /** The specifier as written. */
  readonly specifier: string;
  /** Path of the file inside the project, for a relative specifier. */
  readonly file: string | undefined;
  readonly typeOnly: boolean;
  /** `import(…)`: loaded when the call runs, not with the file. */
  readonly dynamic: boolean;
  readonly line: number;
}

/** Something in a file that a rule may forbid. */
export interface Mention {
  readonly what: string;
  readonly line: number;
}

export interface Source {
  /** From the project's root, with forward slashes: `src/core/ledger/money.ts`. */
  readonly file: string;
  readonly text: string;
  readonly imports: readonly Import[];
  /** Uses of clocks, randomness, timers and the environment: `Date.now`, `new Date()`, `setTimeout` … */
  readonly effects: readonly Mention[];
  /** `async`, `await`, `Promise`: work that is not done when the call returns. */
  readonly asyncs: readonly Mention[];
  /** The type `any`, wherever it is written. */
  readonly anys: readonly Mention[];
  /** `export … from`, and exports of imported names. */
  readonly reExports: readonly Mention[];
  /** Names the file exports. */
  readonly exports: readonly string[];
  /** `false` for a file that contains only types. */
  readonly hasValues: boolean;
}

/** Files under the root that match, sorted; not those of packages that a benchmark has installed for itself. */
export function filesMatching(...patterns: readonly string[]): readonly string[] {
  return globSync([...patterns], { cwd: ROOT })
    .map(file => file.replaceAll('\\', '/'))
    .filter(file => !file.includes('node_modules/'))
    .toSorted();
}

export function readSource(file: string): Source {
  return parseSource(file, readFileSync(join(ROOT, file), 'utf8'));
}

const EFFECT_MEMBERS = new Set(['Date.now', 'Math.random', 'performance.now', 'process.env', 'process.hrtime']);
const EFFECT_NAMES = new Set([
  'setTimeout',
  'setInterval',
  'randomUUID',
  'randomBytes',
  'randomInt',
  'getRandomValues',
]);

/** Parses one file; throws when it does not parse. */
export function parseSource(file: string, text: string): Source {
  const { program, module, errors } = parseSync(file, text, { astType: 'ts' });
  if (errors.length > 0) throw new SyntaxError(`${file}: ${errors[0]?.message}`);
  const lineOf = (offset: number): number => text.slice(0, offset).split('\n').length;
  const imports: Import[] = [];
  const effects: Mention[] = [];
  const asyncs: Mention[] = [];
  const anys: Mention[] = [];
  const reExports: Mention[] = [];
  let hasValues = false;

  const imported = new Set<string>();
  const addImport = (specifier: string, kind: { typeOnly?: boolean; dynamic?: boolean }, start: number): void => {
    const relative = specifier.startsWith('.') ? posix.join(posix.dirname(file), specifier) : undefined;
    imports.push({ specifier, file: relative, typeOnly: false, dynamic: false, ...kind, line: lineOf(start) });
  };
  const isAsync = (node: { readonly async: boolean; readonly start: number }): void => {
    if (node.async) asyncs.push({ what: 'async', line: lineOf(node.start) });
  };
  const addExportFrom = (source: { readonly value: string }, typeOnly: boolean, start: number): void => {
    addImport(source.value, { typeOnly }, start);
    reExports.push({ what: source.value, line: lineOf(start) });
  };

  new Visitor({
    ImportDeclaration(node) {
      const typeOnly =
        node.importKind === 'type' ||
        (node.specifiers.length > 0 &&
          node.specifiers.every(part => part.type === 'ImportSpecifier' && part.importKind === 'type'));
      addImport(node.source.value, { typeOnly }, node.start);
      for (const part of node.specifiers) imported.add(part.local.name);
    },
    ExportAllDeclaration(node) {
      addExportFrom(node.source, node.exportKind === 'type', node.start);
    },
    ExportNamedDeclaration(node) {
      if (node.source !== null) addExportFrom(node.source, node.exportKind === 'type', node.start);
      for (const { local } of node.specifiers)
        if (node.source === null && local.type === 'Identifier' && imported.has(local.name))
          reExports.push({ what: local.name, line: lineOf(node.start) });
    },
    ImportExpression(node) {
      if (node.source.type === 'Literal' && typeof node.source.value === 'string')
        addImport(node.source.value, { dynamic: true }, node.start);
    },
    TSImportType(node) {
      if (typeof node.source.value === 'string') addImport(node.source.value, { typeOnly: true }, node.start);
    },
    TSAnyKeyword(node) {
      anys.push({ what: 'any', line: lineOf(node.start) });
    },
    MemberExpression(node) {
      if (node.object.type !== 'Identifier' || node.property.type !== 'Identifier') return;
      const what = `${node.object.name}.${node.property.name}`;
      if (EFFECT_MEMBERS.has(what)) effects.push({ what, line: lineOf(node.start) });
    },
    Identifier(node) {
      // Any mention counts, not only a call: `const sleep = setTimeout` is the same clock.
      if (node.name === 'Promise') asyncs.push({ what: 'Promise', line: lineOf(node.start) });
      if (EFFECT_NAMES.has(node.name)) effects.push({ what: node.name, line: lineOf(node.start) });
    },
    FunctionDeclaration: isAsync,
    FunctionExpression: isAsync,
    ArrowFunctionExpression: isAsync,
    AwaitExpression(node) {
      asyncs.push({ what: 'await', line: lineOf(node.start) });
    },
    NewExpression(node) {
      if (node.callee.type === 'Identifier' && node.callee.name === 'Date' && node.arguments.length === 0)
        effects.push({ what: 'new Date()', line: lineOf(node.start) });
    },
    CallExpression(node) {
      if (node.callee.type === 'Identifier' && node.callee.name === 'Date')
        effects.push({ what: 'Date()', line: lineOf(node.start) });
    },
  }).visit(program);

  for (const statement of program.body) {
    const inner = statement.type === 'ExportNamedDeclaration' ? statement.declaration : statement;
    if (inner === null || inner === undefined) continue;
    if (
      !['ImportDeclaration', 'ExportAllDeclaration', 'TSInterfaceDeclaration', 'TSTypeAliasDeclaration'].includes(
        inner.type,
      )
    )
      hasValues = true;
  }
  const exports = module.staticExports.flatMap(({ entries }) => entries.flatMap(entry => entry.exportName.name ?? []));
  return { file, text, imports, effects, asyncs, anys, reExports, exports, hasValues };
}
