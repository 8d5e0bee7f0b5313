/** A schema's name needs no quotes in SQL. */
import { expect, test } from 'vitest';
import { isSchemaName } from '../../../src/stores/postgres/schema-name.ts';

test.each(['outcome_router', '_r', 'a1', 'a'.repeat(63)])('the name %j needs no quotes', name => {
  expect(isSchemaName(name)).toBe(true);
});

test.each(['', 'Router', '1a', 'a-b', 'a"b', 'a b', 'ä', 'a\n', 'a'.repeat(64), 7, undefined])(
  'the schema %j is refused',
  name => {
    expect(isSchemaName(name)).toBe(false);
  },
);
