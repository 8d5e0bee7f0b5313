/** A model's own parameters as one short text: in its version, in records and in reports. */
import { checksum, storedText } from './names.ts';

/** Longer texts help no reader, and any real tier name is shorter. */
const MAX_LENGTH = 100;

/**
 * `effort=low,temperature=0.2,body.top_p=0.9`; `''` for none. A text or an object in `body` is shown only as a checksum: it may hold a key.
 */
export function paramsText({ body = {}, ...neutral }: { readonly body?: object } = {}): string {
  const parts = [
    ...sorted(neutral).map(([name, value]) => `${name}=${String(value)}`),
    ...sorted(body).map(([name, value]) => `body.${name}=${shown(value)}`),
  ];
  return storedText(parts.join(',').replaceAll(/[\s@+]/g, '_'), MAX_LENGTH);
}

function sorted(record: object): readonly (readonly [string, unknown])[] {
  const entries = Object.entries(record) as [string, unknown][];
  return entries.filter(([, value]) => value !== undefined).sort(([a], [b]) => (a < b ? -1 : 1));
}

function shown(value: unknown): string {
  return typeof value === 'string' || (typeof value === 'object' && value !== null)
    ? checksum(canonical(value))
    : String(value);
}

/** JSON with the members of objects in one order: two ways to write one value are one version. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_, each: unknown) =>
    typeof each === 'object' && each !== null && !Array.isArray(each) ? Object.fromEntries(sorted(each)) : each,
  );
}
