/** Leaves out absent options, instead of setting them to `undefined`. */

/** `{ [key]: value }`, or nothing: absent options stay absent. */
export function defined<Key extends string, Value>(
  key: Key,
  value: Value | undefined,
): { readonly [K in Key]?: Value } {
  return value === undefined ? {} : ({ [key]: value } as { readonly [K in Key]?: Value });
}
