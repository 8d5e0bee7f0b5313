import { describe, expect, test } from 'vitest';
import { readCacheControl, writtenCacheControl } from '../../../src/translate/anthropic/cache-control.ts';

describe('a cache breakpoint', () => {
  test('a lifetime is read if it is not the default', () => {
    expect(readCacheControl({ type: 'ephemeral' })).toStrictEqual({ cache: {}, own: [] });
    expect(readCacheControl({ type: 'ephemeral', ttl: '5m' })).toStrictEqual({ cache: {}, own: [] });
    expect(readCacheControl({ type: 'ephemeral', ttl: '1h' })).toStrictEqual({ cache: { ttl: '1h' }, own: [] });
    expect(readCacheControl(null)).toStrictEqual({ own: [] });
  });

  test('a cache breakpoint of an unknown kind, or with an unknown member, cannot be sent to another API', () => {
    expect(readCacheControl({ type: 'eternal' }).own).toMatchObject([{ path: 'cache_control', mark: 'unable' }]);
    expect(readCacheControl({ type: 'ephemeral', scope: 'org' }).own).toMatchObject([
      { path: 'cache_control.scope', mark: 'unable' },
    ]);
    expect(readCacheControl({ type: 'ephemeral', ttl: '2h' }).own).toMatchObject([
      { path: 'cache_control.ttl', mark: 'unable' },
    ]);
  });

  test.each([
    [undefined, undefined],
    ['5m', undefined],
    ['30m', undefined],
    ['1h', '1h'],
    ['12h', '1h'],
  ] as const)('the lifetime %s is written as %s', (ttl, written) => {
    expect(writtenCacheControl({ ttl }).ttl).toBe(written);
  });
});
