import { expect, test } from 'vitest';
import { unsupportedNode } from '../../../src/cli/io/node-version.ts';

test.each(['22.13.0', '22.13.1', '22.20.0', '24.0.0', '26.10.0', '100.1.0'])(
  'Node %s is new enough for >=22.13',
  version => {
    expect(unsupportedNode(version, '>=22.13')).toBeUndefined();
  },
);

test.each(['20.20.2', '22.12.0', '22.2.0', '9.99.9'])(
  'Node %s is too old for >=22.13, and the message names both versions',
  version => {
    expect(unsupportedNode(version, '>=22.13')).toBe(
      `outcome-router needs Node.js 22.13 or newer; this is ${version}.`,
    );
  },
);
