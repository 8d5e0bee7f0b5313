/** The types of a vendor's SDK as shapes: which values they allow. For tests that make such values, or look at every field. */
import type { Scope, SyntaxNode } from './sdk-scopes.ts';
import { annotationOf, nameOf, namesOf, sdkScopes } from './sdk-scopes.ts';

export type Shape =
  | { readonly kind: 'text' | 'number' | 'boolean' | 'null' | 'any' }
  | { readonly kind: 'literal'; readonly value: string | number | boolean }
  | { readonly kind: 'list'; readonly of: Shape }
  | { readonly kind: 'union'; readonly options: readonly Shape[] }
  | ObjectShape
  /** A type with a name, which may contain itself. */
  | { readonly kind: 'named'; readonly name: string; readonly shape: () => Shape };

export interface ObjectShape {
  readonly kind: 'object';
  readonly fields: ReadonlyMap<string, FieldShape>;
  /** It may have other names too. */
  readonly isOpen: boolean;
}

export interface FieldShape {
  readonly isOptional: boolean;
  readonly shape: Shape;
}

const ANY: Shape = { kind: 'any' };

export interface SdkShapes {
  /** @throws Error for a type that the file does not declare */
  shapeOf(file: string, type: string): Shape;
}

export function sdkShapes(): SdkShapes {
  const { scopeOf, resolve } = sdkScopes();
  const named = new Map<SyntaxNode, Shape>();

  function read(node: SyntaxNode, scope: Scope): Shape {
    switch (node.type) {
      case 'TSUnionType':
        return { kind: 'union', options: (node.types as readonly SyntaxNode[]).map(each => read(each, scope)) };
      case 'TSIntersectionType':
        // `string & {}`: any text.
        return read((node.types as readonly [SyntaxNode])[0], scope);
      case 'TSParenthesizedType':
        return read(node.typeAnnotation as SyntaxNode, scope);
      case 'TSArrayType':
        return { kind: 'list', of: read(node.elementType as SyntaxNode, scope) };
      case 'TSTypeLiteral':
        return objectOf([[node.members as readonly SyntaxNode[], scope]]);
      case 'TSTypeReference':
        return readReference(node, scope);
      case 'TSLiteralType': {
        const { value } = node.literal as { readonly value?: string | number | boolean };
        return value === undefined ? ANY : { kind: 'literal', value };
      }
      case 'TSStringKeyword':
        return { kind: 'text' };
      case 'TSNumberKeyword':
        return { kind: 'number' };
      case 'TSBooleanKeyword':
        return { kind: 'boolean' };
      case 'TSNullKeyword':
        return { kind: 'null' };
      default:
        return ANY;
    }
  }

  function readReference(node: SyntaxNode, scope: Scope): Shape {
    const names = namesOf(node.typeName as SyntaxNode);
    const parameters = (node.typeArguments as { readonly params: readonly SyntaxNode[] } | null)?.params ?? [];
    if (names.join('.') === 'Array' && parameters[0] !== undefined)
      return { kind: 'list', of: read(parameters[0], scope) };
    const found = resolve(names, scope);
    if (found.length === 0)
      return names.join('.') === 'Record' ? { kind: 'object', fields: new Map(), isOpen: true } : ANY;
    return declared(names.join('.'), found);
  }

  /** Several declarations of one name are one interface. */
  function declared(name: string, found: readonly (readonly [SyntaxNode, Scope])[]): Shape {
    const [first] = found;
    if (first === undefined) return ANY;
    const known = named.get(first[0]);
    if (known !== undefined) return known;
    let made: Shape | undefined;
    const shape: Shape = { kind: 'named', name, shape: () => (made ??= make()) };
    const make = (): Shape => {
      const [node, scope] = first;
      if (node.type === 'TSTypeAliasDeclaration') return read(node.typeAnnotation as SyntaxNode, scope);
      return objectOf(found.flatMap(([each, at]) => membersOf(each, at)));
    };
    named.set(first[0], shape);
    return shape;
  }

  type Members = readonly (readonly [readonly SyntaxNode[], Scope])[];

  function membersOf(node: SyntaxNode, scope: Scope): Members {
    const bases = ((node.extends as readonly SyntaxNode[] | undefined) ?? []).flatMap(base =>
      resolve(namesOf(base.expression as SyntaxNode), scope).flatMap(([found, at]) =>
        found.type === 'TSInterfaceDeclaration' ? membersOf(found, at) : [],
      ),
    );
    return [...bases, [(node.body as { body: readonly SyntaxNode[] }).body, scope]];
  }

  function objectOf(members: Members): Shape {
    const fields = new Map<string, FieldShape>();
    let isOpen = false;
    for (const [nodes, scope] of members) {
      for (const node of nodes) {
        if (node.type === 'TSIndexSignature') isOpen = true;
        if (node.type !== 'TSPropertySignature') continue;
        fields.set(nameOf(node.key), { isOptional: node.optional === true, shape: read(annotationOf(node), scope) });
      }
    }
    return { kind: 'object', fields, isOpen };
  }

  return {
    shapeOf(file, type) {
      const found = resolve(type.split('.'), scopeOf(file));
      if (found.length === 0) throw new Error(`${file} has no type ${type}`);
      return declared(type, found);
    },
  };
}

/** The objects that a shape may be, whatever their names and through its lists. */
export function objectsOf(shape: Shape): readonly ObjectShape[] {
  switch (shape.kind) {
    case 'object':
      return [shape];
    case 'union':
      return shape.options.flatMap(objectsOf);
    case 'list':
      return objectsOf(shape.of);
    case 'named':
      return objectsOf(shape.shape());
    case 'literal':
    case 'text':
    case 'number':
    case 'boolean':
    case 'null':
    case 'any':
      return [];
  }
}

/** The texts that a field is, in an object that it names: `text` of `{ type: 'text' }`. */
export function literalsOf({ fields }: ObjectShape, name: string): readonly string[] {
  const shape = fields.get(name)?.shape;
  const options = shape?.kind === 'union' ? shape.options : shape === undefined ? [] : [shape];
  return options.flatMap(option => (option.kind === 'literal' ? [String(option.value)] : []));
}
