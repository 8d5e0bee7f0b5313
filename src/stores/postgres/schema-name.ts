/** Names that a schema may have, none of which needs quotes. */
export const SCHEMA_NAMES = 'a name of lower-case letters, digits and _, up to 63';

export function isSchemaName(value: unknown): value is string {
  return typeof value === 'string' && /^[a-z_][a-z0-9_]{0,62}$/.test(value);
}
