/** Finds where a file creates clients of the vendors' SDKs, and where it names a model. */
import type { Sdk, SdkName } from './sdk-imports.ts';
import { isClassOf, loadedSdk, readLoads, sdkNames } from './sdk-imports.ts';
import type { PlacedNode, SyntaxNode } from './syntax.ts';
import { child, children, nameOf, nodesIn } from './syntax.ts';

/** `new OpenAI(…)` in a file, or code that may create such a client in a way that the analysis cannot follow. */
export interface ClientSite {
  readonly sdk: Sdk;
  readonly node: SyntaxNode;
  /**
   * The statement that declares the class's name: the router is imported after it. For a site that is skipped, any
   * statement.
   */
  readonly statement: SyntaxNode;
  /** `open`: to be wrapped. A text: the reason why it is skipped, for a person. */
  readonly state: 'open' | 'wrapped' | { readonly skipped: string };
}

/** Everything that was found in one file. */
export interface FileSites {
  readonly clients: readonly ClientSite[];
  /** Places where a call names a model: each of them could name a feature's instead. */
  readonly modelNames: readonly SyntaxNode[];
  /** Every identifier in the file. */
  readonly identifiers: ReadonlySet<string>;
}

export function sitesIn(program: SyntaxNode): FileSites {
  const names = sdkNames(program);
  const nodes = [...nodesIn(program)];
  const wrapped = wrappedNames(nodes);
  const declared = declarations(nodes);
  const isClient = children(program, 'directives').some(each => child(each, 'value')?.['value'] === 'use client');
  const clients: ClientSite[] = [];
  const read = readLoads(program);
  for (const { node, parent } of nodes) {
    const unseen = unseenClient(node, names, read);
    if (unseen !== undefined) clients.push(unseen);
    if (node.type !== 'NewExpression') continue;
    const [local, name] = constructed(node, names);
    if (name === undefined) continue;
    const { sdk, statement } = name;
    const state = ((): ClientSite['state'] => {
      if (isArgumentOfWrap(node, parent) || wrapped.has(targetOf(parent) ?? '')) return 'wrapped';
      if (name.kind === 'unsupported')
        return {
          skipped:
            'its addresses name a deployment; use OpenAI with the v1 address of Azure: node_modules/outcome-router/docs/endpoints.md',
        };
      if (isClient) return { skipped: 'it runs in the browser, where no ledger can be kept' };
      if (node.start < statement.end)
        return { skipped: 'it is made in the statement that loads the SDK: wrap it by hand' };
      if ((declared.get(local) ?? 0) > 1)
        return { skipped: `"${local}" is declared more than once in this file: wrap it by hand` };
      return 'open';
    })();
    clients.push({ sdk, node, statement, state });
  }
  const modelNames = nodes.flatMap(({ node }) => modelNameOf(node) ?? []);
  const identifiers = new Set(nodes.flatMap(({ node }) => (node.type === 'Identifier' ? (nameOf(node) ?? []) : [])));
  return { clients, modelNames, identifiers };
}

/**
 * Code that creates clients in a way that cannot be followed. It is reported to a person, because such a client bypasses the
 * router.
 */
function unseenClient(
  node: SyntaxNode,
  names: ReadonlyMap<string, SdkName>,
  read: ReadonlySet<SyntaxNode>,
): ClientSite | undefined {
  const loaded = read.has(node) ? undefined : loadedSdk(node);
  if (loaded !== undefined)
    return {
      sdk: loaded,
      node,
      statement: node,
      state: { skipped: 'the SDK is loaded inside other code: wrap its clients by hand' },
    };
  const superClass = node.type.startsWith('Class') ? child(node, 'superClass') : undefined;
  const sdk = superClass === undefined ? undefined : constructed({ ...node, callee: superClass }, names)[1]?.sdk;
  if (sdk === undefined) return undefined;
  return {
    sdk,
    node,
    statement: node,
    state: { skipped: 'a class of your own extends it: wrap its instances by hand' },
  };
}

/** The SDK's name that a `new` constructs: `new OpenAI()`, or `new sdk.OpenAI()` of a module. */
function constructed(
  node: SyntaxNode,
  names: ReadonlyMap<string, SdkName>,
): readonly [local: string, name: SdkName | undefined] {
  const callee = child(node, 'callee');
  const owner = callee?.type === 'MemberExpression' ? child(callee, 'object', 'Identifier') : callee;
  const local = nameOf(owner) ?? '';
  const name = names.get(local);
  if (name === undefined) return [local, undefined];
  if (callee?.type !== 'MemberExpression') return [local, name.kind === 'module' ? undefined : name];
  const member = callee['computed'] === true ? undefined : nameOf(child(callee, 'property'));
  if (member === 'AzureOpenAI') return [local, { ...name, kind: 'unsupported' }];
  return [local, isClassOf(name.sdk, member) ? name : undefined];
}

function isWrap(node: SyntaxNode | undefined): boolean {
  return (
    node?.type === 'CallExpression' && nameOf(child(child(node, 'callee', 'MemberExpression'), 'property')) === 'wrap'
  );
}

function isArgumentOfWrap(node: SyntaxNode, parent: SyntaxNode | undefined): boolean {
  return isWrap(parent) && children(parent, 'arguments').includes(node);
}

/** Names of variables that are wrapped somewhere in the file: `router.wrap(client)`. */
function wrappedNames(nodes: readonly PlacedNode[]): ReadonlySet<string> {
  return new Set(nodes.flatMap(({ node }) => (isWrap(node) ? (nameOf(children(node, 'arguments')[0]) ?? []) : [])));
}

/** The variable to which a client is assigned when it is created. */
function targetOf(parent: SyntaxNode | undefined): string | undefined {
  if (parent?.type === 'VariableDeclarator') return nameOf(child(parent, 'id'));
  return parent?.type === 'AssignmentExpression' ? nameOf(child(parent, 'left')) : undefined;
}

/** How often each name is declared: with more than one declaration, the text alone does not show what the name refers to. */
function declarations(nodes: readonly PlacedNode[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  const add = (node: SyntaxNode | undefined): void => {
    for (const name of namesOfPattern(node)) counts.set(name, (counts.get(name) ?? 0) + 1);
  };
  for (const { node } of nodes) {
    if (node.type === 'VariableDeclarator' || /(?:Function|Class)(?:Declaration|Expression)$/.test(node.type))
      add(child(node, 'id'));
    if (/^(?:Import\w*Specifier|TSImportEqualsDeclaration)$/.test(node.type))
      add(child(node, 'local') ?? child(node, 'id'));
    if (node.type === 'CatchClause') add(child(node, 'param'));
    for (const parameter of children(node, 'params')) add(parameter);
  }
  return counts;
}

function namesOfPattern(node: SyntaxNode | undefined): readonly string[] {
  if (node === undefined) return [];
  switch (node.type) {
    case 'Identifier':
      return [nameOf(node) ?? ''];
    case 'ObjectPattern':
      return children(node, 'properties').flatMap(each =>
        namesOfPattern(child(each, 'value') ?? child(each, 'argument')),
      );
    case 'ArrayPattern':
      return children(node, 'elements').flatMap(namesOfPattern);
    case 'AssignmentPattern':
      return namesOfPattern(child(node, 'left'));
    case 'RestElement':
      return namesOfPattern(child(node, 'argument'));
    case 'TSParameterProperty':
      return namesOfPattern(child(node, 'parameter'));
    default:
      return [];
  }
}

const CALLS: readonly string[] = ['create', 'parse', 'stream'];

/** The text that names the model of `….create({ model: 'gpt-5' })`. */
function modelNameOf(node: SyntaxNode): SyntaxNode | undefined {
  if (node.type !== 'CallExpression') return undefined;
  const method = nameOf(child(child(node, 'callee', 'MemberExpression'), 'property')) ?? '';
  const [options] = children(node, 'arguments');
  if (!CALLS.includes(method) || options?.type !== 'ObjectExpression') return undefined;
  const property = children(options, 'properties').find(each => nameOf(child(each, 'key')) === 'model');
  return child(property, 'value', 'StringLiteral');
}
