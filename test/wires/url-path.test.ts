import { expect, test } from 'vitest';
import { endsWithPath } from '../../src/wires/url-path.ts';

test('only the path of a URL counts, not its query or its fragment', () => {
  expect(endsWithPath('https://a/v1/responses', '/responses')).toBe(true);
  expect(endsWithPath('https://a/v1/responses?b=/c#d', '/responses')).toBe(true);
  expect(endsWithPath('https://a/v1/files?b=/responses', '/responses')).toBe(false);
  expect(endsWithPath('https://a/v1/files#/responses', '/responses')).toBe(false);
});
