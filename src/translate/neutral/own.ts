/** Fields that only a request's own API knows: kept word for word, and restored by the writer of that API. */
import type { Api, Own, OwnMark } from './conversation.ts';
import type { JsonObject, JsonValue } from './json-text.ts';
import { isObject } from './json-values.ts';

/** What a field means for a candidate of another API. */
export interface OwnField {
  readonly mark: Exclude<OwnMark, 'default'>;
  readonly reason: string;
  /** True for a default value, without which other APIs behave the same. */
  readonly isDefault?: ((value: JsonValue) => boolean) | undefined;
  /** All APIs of this vendor have the field, in the same format. */
  readonly vendor?: 'openai' | undefined;
}

export type OwnFields = Readonly<Record<string, OwnField>>;

/** The fields of one object: those that have a neutral form, and those that are kept. All fields are listed. */
export interface FieldsOf {
  readonly read: readonly string[];
  readonly own: OwnFields;
}

/** The fields of an API, by the object they are in. */
export type FieldTable = Readonly<Record<string, FieldsOf>>;

const UNKNOWN: OwnField = { mark: 'unable', reason: 'this field is not known' };

/** A field that only its own API knows; a field in no list may mean anything. */
export function ownOf(path: string, value: JsonValue, fields: OwnFields = {}): Own {
  const { mark, reason, isDefault, vendor } = Object.hasOwn(fields, path) ? (fields[path] ?? UNKNOWN) : UNKNOWN;
  return { path, value, mark: isDefault?.(value) === true ? 'default' : mark, reason, ...(vendor && { vendor }) };
}

/** Prefix of the path of a note, which is not a field. */
const NOTE = '@';

/** A note on how the caller arranged the request, which does not matter to another API. */
export function note(name: string, value: JsonValue = true): Own {
  return { path: NOTE + name, value, mark: 'default', reason: '' };
}

export function isNote({ path }: Own): boolean {
  return path.startsWith(NOTE);
}

/** A field that is reported here, but restored elsewhere. */
export function unwritten(own: Own): Own {
  return { ...own, path: NOTE + own.path };
}

/** The field's own path. */
export function pathOf({ path }: Own): string {
  return path.startsWith(NOTE) ? path.slice(NOTE.length) : path;
}

export function noted(own: readonly Own[] | undefined, name: string): JsonValue | undefined {
  return own?.find(({ path }) => path === NOTE + name)?.value;
}

export function hasNote(own: readonly Own[] | undefined, name: string): boolean {
  return noted(own, name) !== undefined;
}

/** Members of an object that have no neutral form: kept, each with what it means for another API. */
export function ownMembers(value: JsonObject, { read, own }: FieldsOf, within = ''): readonly Own[] {
  const found: Own[] = [];
  for (const name in value) {
    const member = value[name];
    if (member === undefined || member === null || read.includes(name)) continue;
    found.push({ ...ownOf(name, member, own), path: within + name });
  }
  return found;
}

/** Whether an object has members that are in no list. */
export function hasUnknown(value: JsonValue | undefined, fields: FieldsOf): boolean {
  return isObject(value) && ownMembers(value, fields).length > 0;
}

/** The kept fields of one API that another API has too. */
export function sharedOwn(own: readonly Own[], api: Api): readonly Own[] {
  return own.filter(({ vendor }) => vendor !== undefined && api.startsWith(vendor));
}

/** Restores fields, but not notes, where they were. Paths have at most one dot. */
export function putBack(body: Record<string, JsonValue | undefined>, own: readonly Own[] = []): void {
  for (const each of own) {
    const { path, value } = each;
    if (isNote(each)) continue;
    const dot = path.indexOf('.');
    if (dot < 0) {
      body[path] = value;
      continue;
    }
    const outer = path.slice(0, dot);
    const inside = body[outer];
    body[outer] = { ...(isObject(inside) ? inside : {}), [path.slice(dot + 1)]: value };
  }
}
