/** Reads the type files of a vendor's SDK: every field that a reply can have, by its path. */
import type { Scope, SyntaxNode } from './sdk-scopes.ts';
import { annotationOf, literalOf, nameOf, namesOf, sdkScopes } from './sdk-scopes.ts';

/** An object on the way to a field. */
export interface Step {
  /** The key of the object; `''` for the root. */
  readonly key: string;
  readonly isList: boolean;
  /** The fields that distinguish it from other members of a union: `{ type: 'compaction' }`. */
  readonly literals: Readonly<Record<string, string>>;
  /** Names of all its fields. */
  readonly fields: readonly string[];
}

/** A field whose value is no object. */
export interface LeafField {
  readonly steps: readonly Step[];
  readonly key: string;
  readonly kind: 'number' | 'string' | 'other';
  /** The texts that the type allows, where it lists them. */
  readonly texts: readonly string[];
  /** `usage.iterations[compaction].input_tokens` */
  readonly path: string;
}

export interface SdkTypes {
  /** All fields that are reachable from a type, without those under the given paths. */
  fieldsOf(file: string, type: string, options?: { readonly without?: readonly string[] }): readonly LeafField[];
}

/** @param read the text of a file, for a test that changes one. Default: as installed */
export function sdkTypes(read?: (file: string) => string): SdkTypes {
  const { scopeOf, resolve } = sdkScopes(read);

  return {
    fieldsOf(file, type, { without = [] } = {}) {
      const leaves = new Map<string, LeafField>();

      /** The object types that a type may be, and its other values. */
      function expand(node: SyntaxNode, scope: Scope, seen: ReadonlySet<SyntaxNode>): Expanded {
        switch (node.type) {
          case 'TSUnionType':
          case 'TSIntersectionType':
            return joined((node.types as readonly SyntaxNode[]).map(member => expand(member, scope, seen)));
          case 'TSParenthesizedType':
            return expand(node.typeAnnotation as SyntaxNode, scope, seen);
          case 'TSArrayType':
            return inList(expand(node.elementType as SyntaxNode, scope, seen));
          case 'TSTypeLiteral':
            return objectType({ members: [[node.members as readonly SyntaxNode[], scope]], isList: false, seen });
          case 'TSTypeReference': {
            const names = namesOf(node.typeName as SyntaxNode);
            if (names.join('.') === 'Array') {
              const [element] = (node.typeArguments as { params: readonly SyntaxNode[] }).params;
              return inList(expand(element as SyntaxNode, scope, seen));
            }
            const resolved = resolve(names, scope).filter(([declaration]) => !seen.has(declaration));
            return joined(resolved.map(([declaration, at]) => expandDeclaration(declaration, at, seen)));
          }
          case 'TSNumberKeyword':
            return value('number');
          case 'TSStringKeyword':
            return value('string');
          case 'TSLiteralType':
            return value(literalOf(node) === undefined ? 'other' : 'string', literalOf(node));
          default:
            return node.type === 'TSNullKeyword' ? joined([]) : value('other');
        }
      }

      function expandDeclaration(node: SyntaxNode, scope: Scope, seen: ReadonlySet<SyntaxNode>): Expanded {
        const within = new Set([...seen, node]);
        if (node.type === 'TSTypeAliasDeclaration') return expand(node.typeAnnotation as SyntaxNode, scope, within);
        return objectType({ members: membersOf(node, scope), isList: false, seen: within });
      }

      function membersOf(node: SyntaxNode, scope: Scope): readonly (readonly [readonly SyntaxNode[], Scope])[] {
        const own = [(node.body as { body: readonly SyntaxNode[] }).body, scope] as const;
        const bases = ((node.extends as readonly SyntaxNode[] | undefined) ?? []).flatMap(base =>
          resolve(namesOf(base.expression as SyntaxNode), scope).flatMap(([found, at]) =>
            found.type === 'TSInterfaceDeclaration' ? membersOf(found, at) : [],
          ),
        );
        return [own, ...bases];
      }

      function visit(object: ObjectType, key: string, before: readonly Step[]): void {
        const members = object.members.flatMap(([nodes, scope]) =>
          nodes.filter(({ type }) => type === 'TSPropertySignature').map(node => [node, scope] as const),
        );
        const literals: Record<string, string> = {};
        for (const [node] of members) {
          const literal = literalOf(annotationOf(node));
          if (literal !== undefined) literals[nameOf(node.key)] = literal;
        }
        const fields = members.map(([node]) => nameOf(node.key));
        const steps = [...before, { key, isList: object.isList, literals, fields }];
        for (const [node, scope] of members) {
          const name = nameOf(node.key);
          const path = pathOf(steps, name);
          if (name in literals || without.includes(path)) continue;
          const { objects, kinds, texts } = expand(annotationOf(node), scope, object.seen);
          for (const inner of objects) visit(inner, name, steps);
          const kind = kinds.includes('number') ? 'number' : kinds.includes('string') ? 'string' : 'other';
          if (kinds.length > 0) leaves.set(path, { steps, key: name, kind, texts, path });
        }
      }

      const roots = resolve([type], scopeOf(file));
      if (roots.length === 0) throw new Error(`${file} has no type ${type}`);
      for (const [node, scope] of roots) {
        for (const object of expandDeclaration(node, scope, new Set()).objects) visit(object, '', []);
      }
      return [...leaves.values()];
    },
  };
}

interface ObjectType {
  readonly members: readonly (readonly [readonly SyntaxNode[], Scope])[];
  readonly isList: boolean;
  /** The declarations that led here, so that a type within itself ends. */
  readonly seen: ReadonlySet<SyntaxNode>;
}

interface Expanded {
  readonly objects: readonly ObjectType[];
  readonly kinds: readonly LeafField['kind'][];
  readonly texts: readonly string[];
}

function objectType(object: ObjectType): Expanded {
  return { objects: [object], kinds: [], texts: [] };
}

function value(kind: LeafField['kind'], text?: string): Expanded {
  return { objects: [], kinds: [kind], texts: text === undefined ? [] : [text] };
}

function joined(parts: readonly Expanded[]): Expanded {
  return {
    objects: parts.flatMap(({ objects }) => objects),
    kinds: parts.flatMap(({ kinds }) => kinds),
    texts: parts.flatMap(({ texts }) => texts),
  };
}

function inList({ objects, ...rest }: Expanded): Expanded {
  return { objects: objects.map(object => ({ ...object, isList: true })), ...rest };
}

function pathOf(steps: readonly Step[], key: string): string {
  const names = steps.map(({ key: name, literals }) => {
    const variant = literals.type === undefined ? '' : `[${literals.type}]`;
    return name + variant;
  });
  return [...names, key].filter(name => name !== '').join('.');
}
