/** The changes that a model's own parameters make to a request, and the facts of the changed request. */
import type { ResolvedModel } from '../config/resolved.ts';
import type { BodyPatch, RequestFacts } from '../contracts/wire.ts';
import { RouterError } from '../errors.ts';
import type { Finding } from '../translate/neutral/translator.ts';
import { field, isPlainObject } from '../wires/json-fields.ts';

/**
 * The values that a model's own parameters set in this request; `undefined` for a model without any.
 *
 * @throws RouterError `invalid-config` where the request's wire, which is the application's own, has no field for them
 */
export function settingsOf({ name, params, abilities }: ResolvedModel, facts: RequestFacts): BodyPatch | undefined {
  if (params === undefined) return undefined;
  const { body = {}, ...neutral } = params;
  if (Object.keys(neutral).length === 0) return body;
  if (facts.settings === undefined)
    throw new RouterError('invalid-config', 'the wire of this request sets no parameters', {
      path: `models.${name}.params`,
      accepted: '`body`, or a wire whose facts have `settings()`',
    });
  return merged(facts.settings(neutral, abilities), body);
}

/** A patch with the effect of two, applied one after the other. */
function merged(first: BodyPatch, second: BodyPatch): BodyPatch {
  const both: Record<string, unknown> = { ...first };
  for (const [name, value] of Object.entries(second)) {
    const before = both[name];
    both[name] = isPlainObject(before) && isPlainObject(value) ? merged(before, value) : value;
  }
  return both;
}

/**
 * The caller's fields that are not sent because the model's own parameters leave no room for them, and the thinking that these
 * parameters ask for, where the request leaves no room for it.
 *
 * @param set what the parameters set in this request: null removes a field
 */
export function removedBy(
  { params = {} }: ResolvedModel,
  { set, facts }: { readonly set: BodyPatch; readonly facts: RequestFacts },
): readonly Finding[] {
  const { effort = 'none', thinkingBudget } = params;
  const asksToThink = effort !== 'none' || thinkingBudget !== undefined;
  const { thinking } = set;
  const isUnthought = asksToThink && (thinking === null || field(thinking, 'type') === 'disabled');
  return Object.keys(set)
    .filter(path => (path === 'thinking' && isUnthought) || (set[path] === null && facts.parameter(path) !== undefined))
    .map(path => ({ path, mark: 'preference', reason: 'the request and the model’s params leave no room for it' }));
}

/** The facts of the request as it is sent to this model. */
export function factsAsSent(model: ResolvedModel, facts: RequestFacts): RequestFacts {
  const set = settingsOf(model, facts);
  if (set === undefined) return facts;
  return new SentFacts(model, facts, set);
}

class SentFacts implements RequestFacts {
  readonly model: string;
  readonly stream: boolean;
  readonly chars: number;
  readonly #asked: RequestFacts;
  readonly #set: BodyPatch;
  readonly #isReasoning: boolean;

  constructor({ params }: ResolvedModel, asked: RequestFacts, set: BodyPatch) {
    this.model = asked.model;
    this.stream = asked.stream;
    this.chars = asked.chars;
    this.#asked = asked;
    this.#set = set;
    this.#isReasoning = params?.effort !== undefined && params.effort !== 'none';
  }

  get turns(): number {
    return this.#asked.turns;
  }

  get capabilities(): RequestFacts['capabilities'] {
    const { capabilities } = this.#asked;
    return this.#isReasoning ? new Set(capabilities).add('reasoning') : capabilities;
  }

  parameter(name: string): string | undefined {
    const [top = '', inner] = name.split('.');
    const whole = this.#set[top];
    const value = inner === undefined || !isPlainObject(whole) ? whole : field(whole, inner);
    if (value === undefined) return this.#asked.parameter(name);
    return value === null ? undefined : JSON.stringify(value);
  }
}
