/** Rewrites a request's body for a model: sets, renames, drops and clamps its parameters. */
import type { BodyPatch, RequestChanges } from '../contracts/wire.ts';
import { isPlainObject, parseJson } from './json-fields.ts';
import type { RequestBody } from './request-body.ts';
import { withValues } from './request-body.ts';
import { topLevelMembers } from './top-level.ts';

/** The body with parameters set, renamed, dropped and clamped, in this order. Every other value is kept as written. */
export function transformed(given: RequestBody, changes: RequestChanges | undefined): RequestBody {
  if (changes === undefined) return given;
  const { set, rename, drop, dropValues, clamp } = changes;
  const body = set === undefined ? given : patched(given, set);
  const values = new Map<string, string>();
  for (const { key, valueStart, end } of body.members) {
    if (!isOwn(rename, key)) values.set(key, body.text.slice(valueStart, end));
  }
  for (const { key, valueStart, end } of body.members) {
    const target = isOwn(rename, key) ? rename[key] : undefined;
    // A value that the caller wrote under the new name takes precedence.
    if (target !== undefined && !values.has(target)) values.set(target, body.text.slice(valueStart, end));
  }
  for (const key of drop ?? []) {
    if (!isInside(values, key, inner => ({ drop: [inner] }))) values.delete(key);
  }
  for (const [key, refused] of Object.entries(dropValues ?? {})) {
    if (isInside(values, key, inner => ({ dropValues: { [inner]: refused } }))) continue;
    if (refused.includes(parseJson(values.get(key) ?? '') as string)) values.delete(key);
  }
  for (const [key, max] of Object.entries(clamp ?? {})) {
    if (Number(values.get(key) ?? 0) > max) values.set(key, String(max));
  }
  return withValues(body, values);
}

/** The body after a JSON merge patch (RFC 7396). */
function patched(body: RequestBody, patch: BodyPatch): RequestBody {
  const values = new Map(body.members.map(({ key, valueStart, end }) => [key, body.text.slice(valueStart, end)]));
  for (const [name, value] of Object.entries(patch)) {
    const key = JSON.stringify(name).slice(1, -1);
    if (value === null) values.delete(key);
    else if (isPlainObject(value)) values.set(key, patched(objectOf(values.get(key)), value).text);
    else values.set(key, JSON.stringify(value));
  }
  return withValues(body, values);
}

/** The members of a JSON object; empty for any other value. */
function objectOf(text = ''): RequestBody {
  const members = topLevelMembers(text, INSIDE);
  return members === undefined ? { ...INSIDE, text: '{}', members: [] } : { ...INSIDE, text, members };
}

/** Applies a transform to the member that a name such as `text.verbosity` denotes; false for a top-level name. */
function isInside(values: Map<string, string>, name: string, transform: (inner: string) => RequestChanges): boolean {
  const [key = '', inner] = name.split('.');
  if (inner === undefined) return false;
  const text = values.get(key) ?? '';
  const members = topLevelMembers(text, INSIDE) ?? [];
  if (members.every(present => present.key !== inner)) return true;
  const left = transformed({ ...INSIDE, text, members }, transform(inner)).text;
  if (left === '{}') values.delete(key);
  else values.set(key, left);
  return true;
}

const INSIDE = { conversation: '' };

function isOwn(record: Readonly<Record<string, string>> | undefined, key: string): record is Record<string, string> {
  return record !== undefined && Object.hasOwn(record, key);
}
