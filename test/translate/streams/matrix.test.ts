import { describe, expect, test } from 'vitest';
import { GOLDEN } from './golden.ts';
import { APIS, eventsIn, ROOMS, written } from './rooms.ts';
import { expectedView, VIEWS } from './sdk-view.ts';
import { bytesOf } from './sent.ts';

const ROUTES = APIS.flatMap(from => APIS.filter(to => to !== from).map(to => ({ from, to })));

describe.each(ROUTES)("what $from streams, the SDK of $to reads as its own vendor's", ({ from, to }) => {
  const streams = GOLDEN.filter(
    ({ api, isFreeForm }) => api === from && !(isFreeForm === true && to === 'anthropic-messages'),
  );

  test.each(streams.filter(({ error }) => error === undefined))(
    'the SDK reads a translated stream as its own vendor’s: $title',
    async stream => {
      const final = await ROOMS[to].sdkReads(written(to, eventsIn(from, bytesOf(stream.sent), 16_384)));
      expect(VIEWS[to](final)).toEqual(expectedView(to, stream));
    },
  );

  test.each(streams.filter(({ error }) => error !== undefined))(
    'the SDK throws the error of a translated stream: $title',
    async stream => {
      const reading = ROOMS[to].sdkReads(written(to, eventsIn(from, bytesOf(stream.sent), 16_384)));
      await expect(reading).rejects.toThrow(stream.error);
    },
  );
});
