import { describe, expect, test } from 'vitest';
import {
  accountOf,
  addressAt,
  credentialsOf,
  headersAt,
  regionOf,
  withoutContentLength,
} from '../../src/clients/endpoint.ts';

const CHAT = '/chat/completions';

describe('the address', () => {
  test.each([
    ['http://gpu:8000/v1', 'http://gpu:8000/v1/chat/completions'],
    ['http://gpu:8000/v1/', 'http://gpu:8000/v1/chat/completions'],
    ['http://gpu:8000/v1//', 'http://gpu:8000/v1/chat/completions'],
    ['http://gpu:8000', 'http://gpu:8000/chat/completions'],
    ['http://gpu/v1?key=own', 'http://gpu/v1/chat/completions?key=own'],
  ])('an endpoint at %s is called at %s', (base, expected) => {
    expect(addressAt(base, `https://api.example/v1${CHAT}`, CHAT)).toBe(expected);
  });

  test('only the last occurrence of the API’s path in the client’s URL counts', () => {
    expect(addressAt('http://gpu', 'https://proxy/messages/v1/messages?to=/messages', '/messages')).toBe(
      'http://gpu/messages',
    );
  });

  test('the client’s API version is sent to the endpoint, and the rest of its query, which may be a key, is not', () => {
    const url = 'https://api.example/v1/messages?beta=true&key=secret&session=/messages';
    expect(addressAt('http://gpu', url, '/messages')).toBe('http://gpu/messages?beta=true');
    expect(addressAt('http://gpu?beta=false', url, '/messages')).toBe('http://gpu/messages?beta=false');
  });
});

test('the parameters of a retrieval are sent to the endpoint, each as often as it is given', () => {
  const url = 'https://api.example/v1/responses/resp_1?stream=true&include[]=a&include[]=b&key=secret';
  expect(addressAt('http://gpu/v1', url, '/responses')).toBe(
    'http://gpu/v1/responses/resp_1?stream=true&include%5B%5D=a&include%5B%5D=b',
  );
});

describe('the headers', () => {
  test.each([
    'authorization',
    'Proxy-Authorization',
    'cookie',
    'x-api-key',
    'api-key',
    'x-goog-api-key',
    'Ocp-Apim-Subscription-Key',
    'cf-aig-authorization',
    'helicone-auth',
    'x-access-token',
    'openai-organization',
    'openai-project',
    'anthropic-workspace-id',
    'anthropic-user-profile-id',
    // No name says that these are keys.
    'x-gateway-pass',
    'x-portkey-config',
    'x-tenant',
    'baggage',
    'referer',
  ])('the client’s header %s is not sent to another endpoint', name => {
    expect([...headersAt({ [name]: 'secret' }, {}).keys()]).toEqual([]);
  });

  test.each([
    'Content-Type',
    'accept',
    'User-Agent',
    'anthropic-version',
    'anthropic-beta',
    'OpenAI-Beta',
    'X-Stainless-Retry-Count',
    'idempotency-key',
    'x-client-request-id',
    'traceparent',
    'tracestate',
  ])('the client’s header %s is sent to another endpoint', name => {
    expect(headersAt({ [name]: 'value' }, {}).get(name)).toBe('value');
  });

  test('the endpoint’s own headers replace the client’s', () => {
    const headers = headersAt(
      { authorization: 'Bearer client', 'x-team': 'client', accept: '*/*' },
      { Authorization: 'Bearer own', 'x-team': 'own' },
    );
    expect([...headers]).toEqual([
      ['accept', '*/*'],
      ['authorization', 'Bearer own'],
      ['x-team', 'own'],
    ]);
  });
});

test('clients with different credentials are distinguished, whatever their other headers', () => {
  const one = credentialsOf({ Authorization: 'Bearer 1', accept: 'application/json' });
  expect(credentialsOf(new Headers({ authorization: 'Bearer 1', 'idempotency-key': 'x' }))).toBe(one);
  expect(credentialsOf({ authorization: 'Bearer 2' })).not.toBe(one);
  expect(credentialsOf({ 'x-api-key': '1' })).not.toBe(credentialsOf(undefined));
});

test('an account is identified by its origin and credentials, whatever path is called', () => {
  const account = (url: string, key: string) => accountOf({ url, init: { headers: { 'x-api-key': key } } })();
  expect(account('https://api.example/v1/a?b', '1')).toBe(account('https://api.example/v2', '1'));
  expect(account('https://api.example/v1', '1')).not.toBe(account('https://api.example/v1', '2'));
  expect(account('https://api.example/v1', '1')).not.toBe(account('https://other.example/v1', '1'));
});

test.each([
  ['Headers', new Headers({ 'content-length': '9', accept: '*/*' })],
  [
    'pairs',
    [
      ['accept', '*/*'],
      ['Content-Length', '9'],
    ],
  ],
  ['an object', { accept: '*/*', 'CONTENT-LENGTH': '9' }],
] satisfies [string, RequestInit['headers']][])(
  'the client’s content-length is left out of headers given as %s, and nothing else of the request is',
  (_, headers) => {
    const { headers: kept, ...rest } = withoutContentLength({ method: 'POST', body: '{}', headers });
    expect([...new Headers(kept)]).toEqual([['accept', '*/*']]);
    expect(rest).toEqual({ method: 'POST', body: '{}' });
  },
);

test.each([[undefined], [new Headers({ accept: '*/*' })], [[['accept', '*/*']]], [{ accept: '*/*' }]] satisfies [
  RequestInit['headers'],
][])('a request without a content-length is passed on as it is: %j', headers => {
  const init: RequestInit = { method: 'POST', ...(headers && { headers }) };
  expect(withoutContentLength(init)).toBe(init);
});

test.each([
  ['https://us.api.openai.com/v1/responses', 'us'],
  ['https://EU.api.openai.com/v1/chat/completions', 'eu'],
  ['https://ae.api.openai.com:443/v1', 'ae'],
  ['https://us.api.x.ai/v1/chat/completions', 'us'],
  ['https://us-east-1.api.x.ai/v1', 'us'],
  ['https://api.openai.com/v1/responses', undefined],
  ['https://api.anthropic.com/v1/messages', undefined],
  ['https://us.api.openai.com.example/v1', undefined],
  ['https://proxy/us.api.openai.com/v1', undefined],
  ['https://my-resource.openai.azure.com/openai/v1', undefined],
  ['https://us-east5-aiplatform.googleapis.com/v1', undefined],
])('the region is that of a vendor’s host for data residency: %s', (url, region) => {
  expect(regionOf(url)).toBe(region);
});
