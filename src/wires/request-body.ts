/** A serialised request body: the facts of its top level, and the same body for another model. */
import { listField, parseJson, stringField } from './json-fields.ts';
import type { Member, Members } from './top-level.ts';
import { topLevelMembers } from './top-level.ts';
import type { Capability, RequestFacts, RequestTransform } from '../contracts/wire.ts';

/** A body whose top level is known. */
export interface RequestBody {
  readonly text: string;
  readonly conversation: string;
  readonly members: Members;
}

/** What one API says about its own parameters. */
export interface Dialect {
  /** The parameter that holds the conversation. */
  readonly conversation: string;
  bindingOf(body: RequestBody): RequestFacts['bound'];
  capabilities(body: RequestBody): ReadonlySet<Capability>;
}

/** Facts that remember where they were read, so that {@link bodyOf} need not look again. */
class ReadFacts implements RequestFacts {
  readonly model: string;
  readonly stream: boolean;
  readonly bound: RequestFacts['bound'];
  readonly chars: number;
  readonly body: RequestBody;
  readonly #dialect: Dialect;
  #capabilities: ReadonlySet<Capability> | undefined;
  #turns: number | undefined;

  constructor(body: RequestBody, model: string, dialect: Dialect) {
    this.model = model;
    this.stream = member(body, 'stream') === 'true';
    this.bound = dialect.bindingOf(body);
    this.chars = body.text.length;
    this.body = body;
    this.#dialect = dialect;
  }

  /** Images may be anywhere in a large body, and most features have no candidate that lacks anything: found when asked for. */
  get capabilities(): ReadonlySet<Capability> {
    return (this.#capabilities ??= this.#dialect.capabilities(this.body));
  }

  get turns(): number {
    return (this.#turns ??= userTurns(this.body));
  }
}

/** The facts of a body whose model starts with `prefix`; `undefined` for every other, as cheaply as it can be known. */
export function readRequest(text: string, prefix: string, dialect: Dialect): RequestFacts | undefined {
  const modelFirst = text.startsWith('{"model":"');
  if (modelFirst && !text.startsWith(prefix, 10)) return undefined;
  const isOther = (member: Member): boolean => member.key === 'model' && !namesPrefix(text, member, prefix);
  const { conversation } = dialect;
  const members = topLevelMembers(text, { conversation, isOfNoInterest: modelFirst ? undefined : isOther });
  const model = members?.find(member => member.key === 'model');
  if (members === undefined || model === undefined) return undefined;
  return new ReadFacts({ text, conversation, members }, stringAt(text, model), dialect);
}

function namesPrefix(text: string, { valueAt }: Member, prefix: string): boolean {
  return text.startsWith('"', valueAt) && text.startsWith(prefix, valueAt + 1);
}

/** The body that the facts were read from, or `text` read again when it is another one. */
export function bodyOf(text: string, facts: RequestFacts, { conversation }: Dialect): RequestBody {
  if (facts instanceof ReadFacts && facts.body.text === text) return facts.body;
  return { text, conversation, members: topLevelMembers(text, { conversation }) ?? [] };
}

/** The JSON text of a top-level value; `undefined` when it is absent or null. */
export function member(body: RequestBody, key: string): string | undefined {
  for (const { key: name, valueAt, end } of body.members) {
    if (name !== key) continue;
    const value = body.text.slice(valueAt, end);
    return value === 'null' ? undefined : value;
  }
  return undefined;
}

/** Messages of the user, without the results of tools, which one API sends in their name. */
function userTurns(body: RequestBody): number {
  const messages = parseJson(member(body, body.conversation) ?? '');
  if (!Array.isArray(messages)) return 1;
  const isTurn = (message: unknown): boolean =>
    stringField(message, 'role') === 'user' &&
    !listField(message, 'content').some(part => stringField(part, 'type') === 'tool_result');
  return Math.max(1, messages.filter(isTurn).length);
}

/** True for a top-level list with something in it. */
export function hasItems(body: RequestBody, key: string): boolean {
  const value = member(body, key);
  return value !== undefined && !/^\[\s*\]$/.test(value);
}

/** A string or `{ "id": string }` as the id it means. */
export function idOf(value: string): string | undefined {
  const parsed = parseJson(value);
  return typeof parsed === 'string' ? parsed : stringField(parsed, 'id');
}

/** True when somewhere inside the conversation an object says `"type": type`. */
export function mentionsType(body: RequestBody, type: string): boolean {
  return mentions(body, type, before => /"type"\s*:\s*"$/.test(before));
}

/** True when somewhere inside the conversation an object has a value under `name`. */
export function mentionsName(body: RequestBody, name: string): boolean {
  return mentions(body, name, (before, behind) => before.endsWith('"') && /^\s*:\s*[^\sn]/.test(behind));
}

/** Characters around a hit that are enough to tell what it is. */
const CONTEXT = 16;

/**
 * True when the JSON string `name` stands somewhere inside the conversation, in a place of which `holds` is true.
 *
 * The native search is at its fastest (tens of µs per megabyte) from one occurrence of a rare first character to the
 * next, which it gives up for needles of seven characters and more when it meets many.
 */
function mentions(
  { text, conversation, members }: RequestBody,
  name: string,
  holds: (before: string, behind: string) => boolean,
): boolean {
  const value = members.find(({ key }) => key === conversation);
  if (value === undefined) return false;
  const underscore = name.lastIndexOf('_');
  const isCompact = text.charCodeAt(value.valueAt - 1) === COLON;
  let lead = 0;
  let needle = `${name}"`;
  if (underscore >= 0) {
    lead = underscore;
    needle = `${name.slice(underscore)}"`;
  } else if (isCompact) {
    lead = -2;
    needle = `:"${name}"`.slice(0, 6);
  }
  for (let at = text.indexOf(needle, value.valueAt); at >= 0 && at < value.end; at = text.indexOf(needle, at + 1)) {
    const from = at - lead;
    if (!text.startsWith(`${name}"`, from)) continue;
    const behind = from + name.length + 1;
    if (holds(text.slice(Math.max(0, from - CONTEXT), from), text.slice(behind, behind + CONTEXT))) return true;
  }
  return false;
}

const COLON = 58;

/** The same body for another model. In place: a large conversation is neither parsed nor copied. */
export function withModel(body: RequestBody, model: string): string {
  const { text, members } = body;
  const slot = members.find(({ key }) => key === 'model');
  if (slot === undefined) return text;
  return text.slice(0, slot.valueAt) + JSON.stringify(model) + text.slice(slot.end);
}

/** The same body with top-level parameters renamed, dropped and clamped, in this order; every other value is kept as written. */
export function transformed(body: RequestBody, { rename, drop, clamp }: RequestTransform): RequestBody {
  const values = new Map<string, string>();
  for (const { key, valueAt, end } of body.members) {
    if (!isOwn(rename, key)) values.set(key, body.text.slice(valueAt, end));
  }
  for (const { key, valueAt, end } of body.members) {
    const target = isOwn(rename, key) ? rename[key] : undefined;
    // What the caller wrote under the new name already is what the caller meant.
    if (target !== undefined && !values.has(target)) values.set(target, body.text.slice(valueAt, end));
  }
  for (const key of drop ?? []) values.delete(key);
  for (const [key, most] of Object.entries(clamp ?? {})) {
    if (Number(values.get(key) ?? 0) > most) values.set(key, String(most));
  }
  return withValues(body, values);
}

function isOwn(record: Readonly<Record<string, string>> | undefined, key: string): record is Record<string, string> {
  return record !== undefined && Object.hasOwn(record, key);
}

/** The same body with one top-level value set, given as JSON. */
export function withMember(body: RequestBody, key: string, value: string): RequestBody {
  const { text, conversation, members } = body;
  if (members.every(present => present.key !== key)) {
    const close = text.lastIndexOf('}');
    const at = `,${JSON.stringify(key)}:`;
    const added: Member = { key, valueAt: close + at.length, end: close + at.length + value.length };
    const longer = `${text.slice(0, close)}${at}${value}${text.slice(close)}`;
    return { text: longer, conversation, members: [...members, added] };
  }
  const values = new Map(members.map(({ key, valueAt, end }) => [key, text.slice(valueAt, end)]));
  return withValues(body, values.set(key, value));
}

function withValues({ conversation }: RequestBody, values: ReadonlyMap<string, string>): RequestBody {
  const members: Member[] = [];
  let text = '{';
  for (const [key, value] of values) {
    // A key is kept as it was written, escapes and all.
    const lead = `${text === '{' ? '' : ','}"${key}":`;
    const valueAt = text.length + lead.length;
    members.push({ key, valueAt, end: valueAt + value.length });
    text += lead + value;
  }
  return { text: `${text}}`, conversation, members };
}

function stringAt(text: string, { valueAt, end }: Member): string {
  const raw = text.slice(valueAt + 1, end - 1);
  if (!raw.includes('\\')) return raw;
  const parsed = parseJson(text.slice(valueAt, end));
  return typeof parsed === 'string' ? parsed : raw;
}
