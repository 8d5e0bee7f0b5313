/** Reads the facts of a serialized request body from its top level, and writes another model's name or another value there. */
import { field, listField, parseJson, stringField } from './json-fields.ts';
import type { Member, Members } from './top-level.ts';
import { topLevelMembers } from './top-level.ts';
import type { ModelAbilities } from '../contracts/model-abilities.ts';
import type { NeutralParams } from '../contracts/model-params.ts';
import type { BodyPatch, Capability, RequestFacts } from '../contracts/wire.ts';

/** A body with the positions of its top-level members. */
export interface RequestBody {
  readonly text: string;
  readonly conversation: string;
  readonly members: Members;
}

/** The differences between the APIs' request bodies. */
export interface Dialect {
  /** The parameter that holds the conversation. */
  readonly conversation: string;
  bindingOf(body: RequestBody): RequestFacts['bound'];
  capabilities(body: RequestBody): ReadonlySet<Capability>;
  /** A model's own parameters in this API's format; `undefined` values are not set. */
  settings(
    params: NeutralParams,
    model: { readonly abilities: ModelAbilities; readonly facts: RequestFacts },
  ): BodyPatch;
}

/** Facts that keep a reference to their body, so that {@link bodyOf} need not search it again. */
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

  /** Lazy: it may search a large body for images, and most features have no candidate that lacks a capability. */
  get capabilities(): ReadonlySet<Capability> {
    if (this.#capabilities === undefined) {
      const needed = this.#dialect.capabilities(this.body);
      this.#capabilities = this.stream ? new Set(needed).add('streaming') : needed;
    }
    return this.#capabilities;
  }

  get turns(): number {
    return (this.#turns ??= userTurns(this.body));
  }

  parameter(name: string): string | undefined {
    const dot = name.indexOf('.');
    if (dot < 0) return member(this.body, name);
    const value = field(parseJson(member(this.body, name.slice(0, dot)) ?? ''), name.slice(dot + 1));
    return value === null ? undefined : JSON.stringify(value);
  }

  settings(params: NeutralParams, abilities: ModelAbilities): BodyPatch {
    const settings = Object.entries(this.#dialect.settings(params, { abilities, facts: this }));
    return Object.fromEntries(settings.filter(([, value]) => value !== undefined));
  }
}

/** The facts of a body whose model starts with `prefix`; `undefined` for any other body, after as little reading as possible. */
export function readRequest(text: string, prefix: string, dialect: Dialect): RequestFacts | undefined {
  const modelFirst = text.startsWith('{"model":"');
  if (modelFirst && !text.startsWith(prefix, 10)) return undefined;
  const isOther = (member: Member): boolean => member.key === 'model' && !namesPrefix(text, member, prefix);
  const { conversation } = dialect;
  const members = topLevelMembers(text, { conversation, stopsAt: modelFirst ? undefined : isOther });
  const models = members?.filter(({ key }) => key === 'model') ?? [];
  // If a body has several members `model`, JSON readers use the last one.
  const model = models.at(-1);
  if (members === undefined || model === undefined) return undefined;
  if (!models.every(each => namesPrefix(text, each, prefix))) return undefined;
  return new ReadFacts({ text, conversation, members }, stringAt(text, model), dialect);
}

function namesPrefix(text: string, { valueStart }: Member, prefix: string): boolean {
  return text.startsWith('"', valueStart) && text.startsWith(prefix, valueStart + 1);
}

/** The body that the facts were read from; `text` is read again when it is another body. */
export function bodyOf(text: string, facts: RequestFacts, { conversation }: Dialect): RequestBody {
  if (facts instanceof ReadFacts && facts.body.text === text) return facts.body;
  return { text, conversation, members: topLevelMembers(text, { conversation }) ?? [] };
}

/** The JSON text of a top-level value; `undefined` when it is absent or null. */
export function member(body: RequestBody, key: string): string | undefined {
  for (const { key: name, valueStart, end } of body.members) {
    if (name !== key) continue;
    const value = body.text.slice(valueStart, end);
    return value === 'null' ? undefined : value;
  }
  return undefined;
}

/** Messages of the user. Tool results do not count: Anthropic's API sends them as messages of the user. */
function userTurns(body: RequestBody): number {
  const messages = parseJson(member(body, body.conversation) ?? '');
  if (!Array.isArray(messages)) return 1;
  const isTurn = (message: unknown): boolean =>
    stringField(message, 'role') === 'user' &&
    !listField(message, 'content').some(part => stringField(part, 'type') === 'tool_result');
  return Math.max(1, messages.filter(isTurn).length);
}

/** True for a top-level member that is neither absent, null nor an empty list. */
export function hasItems(body: RequestBody, key: string): boolean {
  const value = member(body, key);
  return value !== undefined && !/^\[\s*\]$/.test(value);
}

/** The id in a JSON string or in `{ "id": string }`. */
export function idOf(value: string): string | undefined {
  const parsed = parseJson(value);
  return typeof parsed === 'string' ? parsed : stringField(parsed, 'id');
}

/** True when any object inside the conversation has `"type": type`. */
export function mentionsType(body: RequestBody, type: string): boolean {
  return mentions(body, type, before => /"type"\s*:\s*"$/.test(before));
}

/** True when any object inside the conversation has a value other than null under `name`. */
export function mentionsName(body: RequestBody, name: string): boolean {
  return mentions(body, name, (before, behind) => before.endsWith('"') && /^\s*:\s*[^\sn]/.test(behind));
}

/** Characters before and after a hit that are passed to `holds`. Members with more white space around their colon are missed. */
const CONTEXT_CHARS = 16;

/**
 * True when the JSON string `name` occurs inside the conversation at a place for which `holds` is true.
 *
 * The native search is fastest (tens of µs per megabyte) when the needle begins with a rare character and has fewer than seven
 * characters; for longer needles, V8 changes to a slower algorithm when that character occurs often.
 */
function mentions(
  { text, conversation, members }: RequestBody,
  name: string,
  holds: (before: string, behind: string) => boolean,
): boolean {
  const value = members.find(({ key }) => key === conversation);
  if (value === undefined) return false;
  const underscore = name.lastIndexOf('_');
  const isCompact = text.charCodeAt(value.valueStart - 1) === COLON;
  let lead = 0;
  let needle = `${name}"`;
  if (underscore >= 0) {
    lead = underscore;
    needle = `${name.slice(underscore)}"`;
  } else if (isCompact) {
    lead = -2;
    needle = `:"${name}"`.slice(0, 6);
  }
  for (
    let hit = text.indexOf(needle, value.valueStart);
    hit >= 0 && hit < value.end;
    hit = text.indexOf(needle, hit + 1)
  ) {
    const from = hit - lead;
    if (!text.startsWith(`${name}"`, from)) continue;
    const behind = from + name.length + 1;
    if (holds(text.slice(Math.max(0, from - CONTEXT_CHARS), from), text.slice(behind, behind + CONTEXT_CHARS)))
      return true;
  }
  return false;
}

const COLON = 58;

/**
 * The body for another model. Only the name is replaced, wherever it is, so that a large conversation need not be parsed.
 */
export function withModel({ text, members }: RequestBody, model: string): string {
  const name = JSON.stringify(model);
  let renamed = text;
  for (let index = members.length - 1; index >= 0; index--) {
    const { key, valueStart, end } = members[index] as Member;
    if (key === 'model') renamed = renamed.slice(0, valueStart) + name + renamed.slice(end);
  }
  return renamed;
}

/** The body with one top-level value set, given as JSON. */
export function withMember(body: RequestBody, key: string, value: string): RequestBody {
  const { text, conversation, members } = body;
  if (members.every(present => present.key !== key)) {
    const close = text.lastIndexOf('}');
    const lead = `,${JSON.stringify(key)}:`;
    const added: Member = { key, valueStart: close + lead.length, end: close + lead.length + value.length };
    const longer = `${text.slice(0, close)}${lead}${value}${text.slice(close)}`;
    return { text: longer, conversation, members: [...members, added] };
  }
  const values = new Map(members.map(({ key, valueStart, end }) => [key, text.slice(valueStart, end)]));
  return withValues(body, values.set(key, value));
}

/** The body with these top-level values, each as JSON. */
export function withValues({ conversation }: RequestBody, values: ReadonlyMap<string, string>): RequestBody {
  const members: Member[] = [];
  let text = '{';
  for (const [key, value] of values) {
    // The key is the text between its quotes, so its escapes are kept.
    const lead = `${text === '{' ? '' : ','}"${key}":`;
    const valueStart = text.length + lead.length;
    members.push({ key, valueStart, end: valueStart + value.length });
    text += lead + value;
  }
  return { text: `${text}}`, conversation, members };
}

function stringAt(text: string, { valueStart, end }: Member): string {
  const inside = text.slice(valueStart + 1, end - 1);
  if (!inside.includes('\\')) return inside;
  const parsed = parseJson(text.slice(valueStart, end));
  return typeof parsed === 'string' ? parsed : inside;
}
