/** Wrong values, made from right ones by their kind. */

/** A place in a value: keys of objects and indexes of lists. */
export type Place = readonly (string | number)[];

export interface Spoilt {
  /** The mistake: `features.support.retries = -1`. */
  readonly what: string;
  /** Where the mistake is, and so where the error has to be. */
  readonly place: Place;
  readonly value: unknown;
}

type Members = Readonly<Record<string, unknown>>;

function isMembers(value: unknown): value is Members {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Values of another type, out of every range, and unknown words. What JSON cannot hold comes last. */
function replacementsOf(value: unknown): readonly unknown[] {
  if (typeof value === 'number')
    return [-1, `${value} USD`, null, true, [], [value], '0x10', Number.NaN, Number.POSITIVE_INFINITY, 10n];
  if (typeof value === 'boolean') return [String(value), 1, null, [], {}, 'yes'];
  if (typeof value === 'string') return ['', ' ', null, -7, true, [], { value }, Symbol('text')];
  return Array.isArray(value) ? [{}, null, 'all', 3, [null, ...value]] : [null, 'all', 3, true, [[value]]];
}

/** The value with another one at a place. */
function withValue(whole: unknown, [key, ...rest]: Place, value: unknown): unknown {
  if (key === undefined) return value;
  if (Array.isArray(whole)) return whole.with(Number(key), withValue(whole[Number(key)], rest, value));
  const members = whole as Members;
  return { ...members, [key]: withValue(members[key], rest, value) };
}

/** The value with another name of a member. */
function withName(whole: unknown, place: Place, name: string): unknown {
  const [parent, key] = [place.slice(0, -1), place.at(-1)];
  const members = parent.reduce<unknown>((value, part) => (value as Members)[part], whole) as Members;
  return withValue(
    whole,
    parent,
    Object.fromEntries(Object.entries(members).map(([each, value]) => [each === key ? name : each, value])),
  );
}

function* placesIn(value: unknown, place: Place = []): Generator<{ readonly place: Place; readonly value: unknown }> {
  yield { place, value };
  const entries = Array.isArray(value) ? [...value.entries()] : isMembers(value) ? Object.entries(value) : [];
  for (const [key, member] of entries) yield* placesIn(member, [...place, key]);
}

/** With a letter too many. */
const misspelt = (name: string): string => `${name}${name.at(-1) ?? ''}`;

/** A value with every place spoilt in every way, one at a time. */
export function* spoiltOf(whole: unknown): Generator<Spoilt> {
  for (const { place, value } of placesIn(whole)) {
    const path = place.join('.');
    for (const wrong of replacementsOf(value))
      yield { what: `${path} = ${shown(wrong)}`, place, value: withValue(whole, place, wrong) };
    const name = place.at(-1);
    if (typeof name !== 'string') continue;
    const other = [...place.slice(0, -1), misspelt(name)];
    yield { what: `${path} is ${misspelt(name)}`, place: other, value: withName(whole, place, misspelt(name)) };
  }
}

function shown(value: unknown): string {
  return ['bigint', 'symbol', 'number'].includes(typeof value) ? String(value) : JSON.stringify(value);
}
