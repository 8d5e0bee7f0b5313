import { crc32 } from 'node:zlib';
import { expect, test } from 'vitest';
import { nodeModule } from '../src/node-module.ts';

test('on Node, a module that is found at run time is the same object as its import', () => {
  expect(nodeModule('node:zlib', 'this test').crc32).toBe(crc32);
});

test('a module that a platform does not have is a clear error, which says what needed it', () => {
  expect(() => nodeModule('node:none' as 'node:fs', 'the spool')).toThrow(
    expect.objectContaining({
      code: 'unsupported-runtime',
      message: expect.stringContaining('the spool needs node:none') as string,
    }),
  );
});
