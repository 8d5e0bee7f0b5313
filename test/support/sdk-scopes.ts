/** Reads the declarations of a vendor's type files, and finds a type by its name. */
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { parseSync } from 'vite';
import { ROOT } from '../../tools/sources.ts';

/** The parts of a node of the parser that are read. */
export interface SyntaxNode {
  readonly type: string;
  readonly [key: string]: unknown;
}

export interface Scope {
  readonly file: string;
  readonly names: ReadonlyMap<string, readonly Declared[]>;
  readonly outer: Scope | undefined;
}

/** A name of a scope: a type, a namespace, or what another file declares. */
type Declared =
  | { readonly kind: 'type'; readonly node: SyntaxNode }
  | { readonly kind: 'namespace'; readonly scope: () => Scope }
  | { readonly kind: 'import'; readonly from: () => Scope; readonly name: string };

export interface SdkScopes {
  /** The declarations at the top of a file. */
  scopeOf(file: string): Scope;
  /** The declarations of a name such as `ResponsesAPI.Response`, each with the scope it is in. */
  resolve(names: readonly string[], scope: Scope): readonly (readonly [SyntaxNode, Scope])[];
}

/** @param read the text of a file, for a test that changes one. Default: as installed */
export function sdkScopes(read: (file: string) => string = installed): SdkScopes {
  const scopes = new Map<string, Scope>();

  function scopeOf(file: string): Scope {
    const known = scopes.get(file);
    if (known !== undefined) return known;
    const { program, errors } = parseSync(file, read(file), { lang: 'dts', astType: 'ts' });
    if (errors.length > 0) throw new SyntaxError(`${file}: ${errors[0]?.message}`);
    const scope = declare(program.body as unknown as readonly SyntaxNode[], file, undefined);
    scopes.set(file, scope);
    return scope;
  }

  function declare(body: readonly SyntaxNode[], file: string, outer: Scope | undefined): Scope {
    const names = new Map<string, Declared[]>();
    const scope: Scope = { file, names, outer };
    const add = (name: string, declared: Declared): void =>
      void names.set(name, [...(names.get(name) ?? []), declared]);
    for (const statement of body) {
      if (statement.type === 'ImportDeclaration') {
        const target = String((statement.source as SyntaxNode).value);
        if (!target.startsWith('.')) continue;
        const from = (): Scope => scopeOf(join(dirname(file), target.replace(/\.m?js$/, '.d.ts')));
        for (const specifier of statement.specifiers as readonly SyntaxNode[]) {
          const local = nameOf(specifier.local);
          if (specifier.type === 'ImportNamespaceSpecifier') add(local, { kind: 'namespace', scope: from });
          else add(local, { kind: 'import', from, name: nameOf(specifier.imported ?? specifier.local) });
        }
        continue;
      }
      const node = (statement.declaration ?? statement) as SyntaxNode;
      if (node.type === 'TSInterfaceDeclaration' || node.type === 'TSTypeAliasDeclaration') {
        add(nameOf(node.id), { kind: 'type', node });
      } else if (node.type === 'TSModuleDeclaration') {
        const inner = declare((node.body as { body: readonly SyntaxNode[] }).body, file, scope);
        add(nameOf(node.id), { kind: 'namespace', scope: () => inner });
      }
    }
    return scope;
  }

  function resolve(names: readonly string[], scope: Scope): readonly (readonly [SyntaxNode, Scope])[] {
    const [first = '', ...rest] = names;
    for (let at: Scope | undefined = scope; at !== undefined; at = at.outer) {
      const found = at.names.get(first);
      if (found === undefined) continue;
      const here = at;
      return found.flatMap(declared => {
        if (declared.kind === 'import') return resolve([declared.name, ...rest], topOf(declared.from()));
        if (declared.kind === 'namespace') return rest.length > 0 ? resolve(rest, declared.scope()) : [];
        return rest.length === 0 ? [[declared.node, here] as const] : [];
      });
    }
    return [];
  }

  return { scopeOf, resolve };
}

export function annotationOf(node: SyntaxNode): SyntaxNode {
  return (node.typeAnnotation as { typeAnnotation: SyntaxNode } | null)?.typeAnnotation ?? { type: 'TSUnknownKeyword' };
}

/** The text of a type that is one text only. */
export function literalOf(node: SyntaxNode): string | undefined {
  const { value } = (node.type === 'TSLiteralType' ? node.literal : {}) as { value?: unknown };
  return typeof value === 'string' ? value : undefined;
}

export function nameOf(node: unknown): string {
  const { name, value } = node as { name?: string; value?: unknown };
  return name ?? String(value);
}

/** `A.B.C` as its parts. */
export function namesOf(node: SyntaxNode): readonly string[] {
  if (node.type === 'TSQualifiedName') return [...namesOf(node.left as SyntaxNode), nameOf(node.right)];
  if (node.type === 'MemberExpression') return [...namesOf(node.object as SyntaxNode), nameOf(node.property)];
  return [nameOf(node)];
}

function topOf(scope: Scope): Scope {
  return scope.outer === undefined ? scope : topOf(scope.outer);
}

function installed(file: string): string {
  return readFileSync(join(ROOT, file), 'utf8');
}
