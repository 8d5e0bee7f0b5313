import { describe, expect, test } from 'vitest';
import { seededRandom } from '../../src/core/math/random.ts';
import { translatorOf } from '../../src/translate/translate.ts';
import { checkReply, checkRequest, SOURCES } from './support/identity.ts';

const SAMPLES = 150;

describe('a request or reply that is read and written in the same API', () => {
  test.each(SOURCES)(
    'a request of $api is unchanged after reading and writing, for all values that the types of the SDK allow',
    ({ api, request }) => {
      const random = seededRandom(`requests of ${api}`);
      for (let index = 0; index < SAMPLES; index++)
        expect(checkRequest(translatorOf(api), request(random))).toBeUndefined();
    },
  );

  test.each(SOURCES)('a reply of $api is unchanged after reading and writing', ({ api }) => {
    const random = seededRandom(`replies of ${api}`);
    for (let index = 0; index < SAMPLES; index++) expect(checkReply(translatorOf(api), random)).toBeUndefined();
  });
});
