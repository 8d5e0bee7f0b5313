import { expect, test } from 'vitest';
import { TOOL_USAGE, USAGE } from '../../src/wires/openai-usage-fields.ts';

test('names that every object inherits are not in a table of usage fields', () => {
  expect(['toString', 'constructor', '__proto__'].map(name => USAGE.get(name) ?? TOOL_USAGE.get(name))).toEqual([
    undefined,
    undefined,
    undefined,
  ]);
});
