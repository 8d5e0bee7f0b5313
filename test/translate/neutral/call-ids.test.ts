import { expect, test } from 'vitest';
import { callIdOf, callIdWithin, plainCallId } from '../../../src/translate/neutral/call-ids.ts';

test('an id that every vendor takes is kept', () => {
  expect(plainCallId('toolu_01-Ab')).toBe('toolu_01-Ab');
});

test.each(['', 'functions.f:0', 'é', 'x'.repeat(65)])('the id "%s" becomes the same plain id each time', id => {
  expect(plainCallId(id)).toMatch(/^call_[\w-]{24}$/);
  expect(plainCallId(id)).toBe(plainCallId(id));
  expect(plainCallId(id)).not.toBe(plainCallId(`${id}.`));
});

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
