import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseBasePath, pathBelow, splitUrl } from '../../src/dashboard/request-target.ts';

test('law: path and query together are the whole request target, whatever a client sends', () => {
  fc.assert(
    fc.property(fc.string(), url => {
      const { path, search } = splitUrl(url);
      expect(path + search).toBe(url);
      expect(path).not.toContain('?');
    }),
  );
});

test('the query begins at the first question mark', () => {
  expect(splitUrl('/a?b=c?d')).toEqual({ path: '/a', search: '?b=c?d' });
  expect(splitUrl('//[')).toEqual({ path: '//[', search: '' });
});

test.each([
  ['/', ''],
  ['/ops', '/ops'],
  ['/ops/', '/ops'],
  ['/ops/router//', '/ops/router'],
])('a base path %s loses its trailing slash', (written, expected) => {
  expect(parseBasePath(written)).toBe(expected);
});

test.each(['', 'ops', 'https://ops.example/router', '/ops?x', '/ops#x', '/o ps'])(
  'a base path %j is refused',
  written => {
    expect(() => parseBasePath(written)).toThrow(expect.objectContaining({ code: 'invalid-value', path: 'basePath' }));
  },
);

test.each([
  ['', '/api/x', '/api/x'],
  ['/ops', '/ops/', '/'],
  ['/ops', '/ops/api/x', '/api/x'],
  ['/ops', '/ops', undefined],
  ['/ops', '/opsx/api', undefined],
  ['/ops', '/other/ops/api', undefined],
  ['/ops', '', undefined],
])('with the base path %j, the path %j becomes %j', (base, path, expected) => {
  expect(pathBelow(base, path)).toBe(expected);
});
