import { expect, test } from 'vitest';
import { unanswered } from '../../src/clients/failed-exchange.ts';
import type { HttpRequest, SentRequest } from '../../src/clients/http-request.ts';
import { mini } from './exchanged.ts';

const request = { init: {} } as Partial<HttpRequest> as HttpRequest;
const sent: SentRequest = { request, signal: undefined, requestChars: 512, model: mini, transform: undefined };

const because = (code: string, depth = 1): Error => {
  let error: Error = Object.assign(new Error('why'), { code });
  for (let i = 0; i < depth; i++) error = new TypeError('fetch failed', { cause: error });
  return error;
};

test.each(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'UND_ERR_CONNECT_TIMEOUT', 'CERT_HAS_EXPIRED', 'ERR_INVALID_URL'])(
  'a request that %s prevented from being sent charges nothing',
  code => {
    expect(unanswered(sent, because(code))).not.toHaveProperty('answer');
  },
);

test.each(['ECONNRESET', 'UND_ERR_SOCKET', 'UND_ERR_HEADERS_TIMEOUT', 'EPIPE', 'ETIMEDOUT'])(
  'the input of a request that ended with %s is estimated: it may have been processed',
  code => {
    expect(unanswered(sent, because(code))).toMatchObject({
      status: 'connection',
      answer: { provenance: 'estimated', usage: { input: 128, output: 0 } },
    });
  },
);

test('a connection that timed out before it was made charges nothing', () => {
  const error = Object.assign(new Error('why'), { code: 'ETIMEDOUT', syscall: 'connect' });
  expect(unanswered(sent, new TypeError('fetch failed', { cause: error }))).not.toHaveProperty('answer');
});

test('the whole chain of an error’s causes is searched, and a circular chain ends the search', () => {
  expect(unanswered(sent, because('ECONNREFUSED', 3))).not.toHaveProperty('answer');
  const circular = new Error('x');
  circular.cause = circular;
  expect(unanswered(sent, circular)).toHaveProperty('answer');
});
