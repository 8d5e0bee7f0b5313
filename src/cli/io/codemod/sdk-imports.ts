/** The names by which a file refers to the classes of the vendors' SDKs. */
import type { SyntaxNode } from './syntax.ts';
import { child, children, nameOf } from './syntax.ts';

export type Sdk = 'openai' | 'anthropic';

const SDKS: Readonly<Record<string, { readonly sdk: Sdk; readonly classes: readonly string[] }>> = {
  openai: { sdk: 'openai', classes: ['OpenAI', 'default'] },
  '@anthropic-ai/sdk': { sdk: 'anthropic', classes: ['Anthropic', 'default'] },
};

/** A name that a file gives to a class of an SDK, or to the module that has it. */
export interface SdkName {
  readonly sdk: Sdk;
  /** A class can be constructed; a module has the class as a member. The result of `require` is both. */
  readonly kind: 'class' | 'module' | 'both' | 'unsupported';
  /** The statement that declares the name. */
  readonly statement: SyntaxNode;
}

/** The names that a program's own statements declare, without types. */
export function sdkNames(program: SyntaxNode): ReadonlyMap<string, SdkName> {
  const names = new Map<string, SdkName>();
  for (const statement of children(program, 'body')) {
    if (statement.type === 'ImportDeclaration') addImport(statement, names);
    else if (statement.type === 'TSImportEqualsDeclaration') addImportEquals(statement, names);
    else if (statement.type === 'VariableDeclaration')
      for (const declarator of children(statement, 'declarations')) addRequire(declarator, statement, names);
  }
  return names;
}

function addImport(statement: SyntaxNode, names: Map<string, SdkName>): void {
  const found = SDKS[nameOf(child(statement, 'source')) ?? ''];
  if (found === undefined || statement['importKind'] === 'type') return;
  for (const specifier of children(statement, 'specifiers')) {
    const local = nameOf(child(specifier, 'local'));
    if (local === undefined || specifier['importKind'] === 'type') continue;
    const imported = specifier.type === 'ImportSpecifier' ? nameOf(child(specifier, 'imported')) : 'default';
    const kind = specifier.type === 'ImportNamespaceSpecifier' ? 'module' : kindOf(imported, found.classes);
    if (kind !== undefined) names.set(local, { sdk: found.sdk, kind, statement });
  }
}

function addImportEquals(statement: SyntaxNode, names: Map<string, SdkName>): void {
  const source = nameOf(child(child(statement, 'moduleReference', 'TSExternalModuleReference'), 'expression'));
  const found = SDKS[source ?? ''];
  const local = nameOf(child(statement, 'id'));
  if (found !== undefined && local !== undefined && statement['importKind'] !== 'type')
    names.set(local, { sdk: found.sdk, kind: 'both', statement });
}

/** `const OpenAI = require('openai')`, `require('openai').OpenAI`, `const { OpenAI } = require('openai')`. */
function addRequire(declarator: SyntaxNode, statement: SyntaxNode, names: Map<string, SdkName>): void {
  const init = child(declarator, 'init');
  const member = init?.type === 'MemberExpression' ? nameOf(child(init, 'property')) : undefined;
  const source = requiredModule(init?.type === 'MemberExpression' ? child(init, 'object') : init);
  const found = SDKS[source ?? ''];
  if (found === undefined) return;
  const { sdk, classes } = found;
  const id = child(declarator, 'id');
  if (id?.type === 'Identifier') {
    const kind = member === undefined ? 'both' : kindOf(member, classes);
    if (kind !== undefined) names.set(nameOf(id) ?? '', { sdk, kind, statement });
    return;
  }
  for (const property of member === undefined ? children(id, 'properties') : []) {
    const kind = kindOf(nameOf(child(property, 'key')), classes);
    const local = nameOf(child(property, 'value', 'Identifier'));
    if (kind !== undefined && local !== undefined) names.set(local, { sdk, kind, statement });
  }
}

/** The module of a call of `require`. */
export function requiredModule(call: SyntaxNode | undefined): string | undefined {
  if (call?.type !== 'CallExpression' || nameOf(child(call, 'callee', 'Identifier')) !== 'require') return undefined;
  const [module] = children(call, 'arguments');
  return module?.type === 'StringLiteral' ? nameOf(module) : undefined;
}

/** The SDK that an expression loads: `require('openai')`, `import('openai')`. */
export function loadedSdk(node: SyntaxNode): Sdk | undefined {
  if (node.type !== 'CallExpression') return undefined;
  const [imported] = child(node, 'callee', 'Import') === undefined ? [] : children(node, 'arguments');
  return SDKS[requiredModule(node) ?? nameOf(imported) ?? '']?.sdk;
}

/** The calls of `require` whose names `sdkNames` has read. */
export function readLoads(program: SyntaxNode): ReadonlySet<SyntaxNode> {
  const declarators = children(program, 'body').flatMap(statement => children(statement, 'declarations'));
  return new Set(
    declarators.flatMap(declarator => {
      const init = child(declarator, 'init');
      return (init?.type === 'MemberExpression' ? child(init, 'object') : init) ?? [];
    }),
  );
}

/** Classes that `wrap` refuses are found too, so that a person gets a message. */
function kindOf(imported: string | undefined, classes: readonly string[]): SdkName['kind'] | undefined {
  if (imported === undefined) return undefined;
  if (classes.includes(imported)) return 'class';
  return imported === 'AzureOpenAI' ? 'unsupported' : undefined;
}

/** Whether a member of a module is the class of its SDK. */
export function isClassOf(sdk: Sdk, member: string | undefined): boolean {
  return Object.values(SDKS).some(known => known.sdk === sdk && known.classes.includes(member ?? ''));
}
