import { describe, expect, test } from 'vitest';
import { accessBy } from '../../src/outcomes/access.ts';
import type { OutcomeAccess } from '../../src/outcomes/options.ts';

const TOKENS = ['the-token-of-this-year', 'the-token-of-last-year'] as const;
const FEATURES = ['support.reply', 'sales.mail', '__proto__'];

async function byHeader(authorization: string | undefined): Promise<unknown> {
  const access = await accessBy({ token: TOKENS })(undefined, authorization);
  return 'error' in access ? access.status : FEATURES.filter(access);
}

describe('a token', () => {
  test.each([`Bearer ${TOKENS[0]}`, `bearer ${TOKENS[1]}`, `BEARER   ${TOKENS[0]} `])(
    'a token is accepted as %j, whichever of the tokens it is',
    async header => expect(await byHeader(header)).toEqual(FEATURES),
  );

  test.each([
    undefined,
    '',
    'Bearer',
    'Bearer ',
    TOKENS[0],
    `Basic ${TOKENS[0]}`,
    `Bearer ${TOKENS[0].slice(0, -1)}`,
    `Bearer ${TOKENS[0]}x`,
    `Bearer ${TOKENS[0]} ${TOKENS[1]}`,
    `Bearer ${TOKENS[0]}, Bearer ${TOKENS[1]}`,
    `Bearer ${TOKENS[0].toUpperCase()}`,
    'Bearer undefined',
  ])('anything else is unauthenticated: %j', async header => expect(await byHeader(header)).toBe(401));
});

describe('a function', () => {
  const given = async (access: unknown, features?: readonly string[]): Promise<unknown> => {
    const options = { authorize: () => access as OutcomeAccess, ...(features === undefined ? {} : { features }) };
    const result = await accessBy(options)(undefined, undefined);
    return 'error' in result ? result.status : FEATURES.filter(result);
  };

  test('the function allows all features, or the listed ones', async () => {
    expect(await given('all')).toEqual(FEATURES);
    expect(await given(['sales.mail'])).toEqual(['sales.mail']);
    expect(await given(Promise.resolve(['sales.mail', 'other']))).toEqual(['sales.mail']);
  });

  test('the features of the handler limit those that the function allows', async () => {
    expect(await given('all', ['sales.mail'])).toEqual(['sales.mail']);
    expect(await given(['support.reply'], ['sales.mail'])).toEqual([]);
  });

  test.each([undefined, null, true, false, 1, '', 'yes', 'forbidden', {}, [], { features: 'all' }, new Set(['all'])])(
    'any other result of the function allows nothing: %j',
    async access => expect(await given(access)).toBe(403),
  );

  test('the function may answer that the caller is not known', async () =>
    expect(await given('unauthenticated')).toBe(401));
});
