import { expect, test } from 'vitest';
import { TOOL_USAGE, USAGE } from '../../src/wires/openai-usage-fields.ts';

test('the names of a table are its own, and not those that every object has', () => {
  expect(['toString', 'constructor', '__proto__'].map(name => USAGE.get(name) ?? TOOL_USAGE.get(name))).toEqual([
    undefined,
    undefined,
    undefined,
  ]);
});
