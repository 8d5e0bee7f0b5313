/** Source text of an application as a syntax tree: JavaScript or TypeScript, with or without JSX. */
import type { ParserPlugin } from '@babel/parser';

/** A node of the tree, with its place in the text. */
export interface SyntaxNode {
  readonly type: string;
  readonly start: number;
  readonly end: number;
  readonly [property: string]: unknown;
}

/** A node with its parent. */
export interface PlacedNode {
  readonly node: SyntaxNode;
  readonly parent: SyntaxNode | undefined;
}

/** Whether a file's name has an ending of JavaScript or TypeScript. */
export const SOURCE_FILE = /(?<!\.d)\.[mc]?[jt]sx?$/;

/**
 * The program of a file. The parser is loaded here, at its first use.
 *
 * @throws SyntaxError for a text that is not in the language of the file's name
 */
export async function parseSource(file: string, text: string): Promise<SyntaxNode> {
  const { parse } = await import('@babel/parser');
  const isTypeScript = /\.[mc]?tsx?$/.test(file);
  const plugins: ParserPlugin[] = ['decorators-legacy', 'explicitResourceManagement'];
  if (isTypeScript) plugins.push('typescript');
  // A cast `<Type>value` exists only in TypeScript, and looks like JSX.
  if (!isTypeScript || file.endsWith('x')) plugins.push('jsx');
  const { program } = parse(text, { sourceType: 'unambiguous', allowReturnOutsideFunction: true, plugins });
  return program as unknown as SyntaxNode;
}

/** Every node below one, with its parent, without comments and tokens. */
export function* nodesIn(root: SyntaxNode): Generator<PlacedNode> {
  const waiting: PlacedNode[] = [{ node: root, parent: undefined }];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    yield next;
    const { node } = next;
    const children: SyntaxNode[] = [];
    for (const [name, value] of Object.entries(node)) {
      if (name.endsWith('Comments') || name === 'loc' || name === 'extra') continue;
      for (const child of Array.isArray(value) ? (value as unknown[]) : [value])
        if (isNode(child)) children.push(child);
    }
    // The children are visited in the order of the text.
    for (const child of children.toReversed()) waiting.push({ node: child, parent: node });
  }
}

function isNode(value: unknown): value is SyntaxNode {
  return typeof value === 'object' && value !== null && typeof (value as { readonly type?: unknown }).type === 'string';
}

/** The node of a property, if it has one of these types. */
export function child(node: SyntaxNode | undefined, name: string, ...types: readonly string[]): SyntaxNode | undefined {
  const value = node?.[name];
  return isNode(value) && (types.length === 0 || types.includes(value.type)) ? value : undefined;
}

/** The nodes of a property that is a list. */
export function children(node: SyntaxNode | undefined, name: string): readonly SyntaxNode[] {
  const value = node?.[name];
  return Array.isArray(value) ? value.filter(isNode) : [];
}

/** The name of an identifier, or the text of a string. */
export function nameOf(node: SyntaxNode | undefined): string | undefined {
  if (node?.type === 'Identifier' || node?.type === 'JSXIdentifier') return node['name'] as string;
  return node?.type === 'StringLiteral' ? (node['value'] as string) : undefined;
}
