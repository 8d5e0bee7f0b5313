import { expect, test } from 'vitest';
import { plainCallId } from '../../../src/translate/neutral/call-ids.ts';

test('an id that every vendor takes is kept', () => {
  expect(plainCallId('toolu_01-Ab')).toBe('toolu_01-Ab');
});

test.each(['', 'functions.f:0', 'é', 'x'.repeat(65)])('the id "%s" becomes the same plain id each time', id => {
  expect(plainCallId(id)).toMatch(/^call_[\w-]{27}$/);
  expect(plainCallId(id)).toBe(plainCallId(id));
  expect(plainCallId(id)).not.toBe(plainCallId(`${id}.`));
});
