import { describe, expect, test } from 'vitest';
import { callIdOf, callIdWithin } from '../../../src/translate/openai/call-ids.ts';

describe('ids of tool calls', () => {
  test('ids of tool calls are kept as long as the vendor takes them', () => {
    expect(callIdWithin('x'.repeat(40), 40)).toBe('x'.repeat(40));
    expect(callIdWithin('x'.repeat(41), 40)).toMatch(/^call_[\w-]{24}$/);
    expect(callIdWithin('', 40)).toMatch(/^call_[\w-]{24}$/);
  });

  test('ids of tool calls that are too long are told apart by a digest, which is always the same', () => {
    const long = 'x'.repeat(50);

    expect(callIdWithin(`${long}1`, 40)).toBe(callIdWithin(`${long}1`, 40));
    expect(callIdWithin(`${long}1`, 40)).not.toBe(callIdWithin(`${long}2`, 40));
  });

  test('ids of tool calls that a reply leaves out are made from its own id and their place', () => {
    expect(callIdOf('chatcmpl-1', 0)).toBe(callIdOf('chatcmpl-1', 0));
    expect(new Set([callIdOf('chatcmpl-1', 0), callIdOf('chatcmpl-1', 1), callIdOf('chatcmpl-2', 0)]).size).toBe(3);
  });
});
