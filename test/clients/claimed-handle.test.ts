import { expect, test } from 'vitest';
import { claim } from '../../src/clients/claimed-handle.ts';

test.each(['made', 'given'] as const)(
  'only the first caller that claims a handle learns that its id was %s',
  origin => {
    const handled = { id: 'i', options: {}, origin };
    expect([claim(handled), claim(handled)]).toEqual([origin, undefined]);
  },
);
