import type { IncomingMessage } from 'node:http';
import { expect, test } from 'vitest';
import { logEntry } from '../../src/testing/request-log.ts';

const incoming = { method: 'POST', headers: { authorization: 'Bearer k' } } as unknown as IncomingMessage;

test('a new log entry has the model and the stream flag of the request body, and no status yet', () => {
  const body = { model: 'mini', stream: true };
  const request = {
    index: 36,
    path: '/v1/messages',
    text: JSON.stringify(body),
    body,
    api: 'anthropic-messages',
  } as const;
  expect(logEntry(incoming, request)).toEqual({
    ...request,
    requestId: 'req_00000010',
    method: 'POST',
    headers: incoming.headers,
    model: 'mini',
    stream: true,
    fault: undefined,
    status: undefined,
    solved: undefined,
  });
});

test('a body without a model is logged with an empty name', () => {
  const request = { index: 0, path: '/', text: '', body: {}, api: undefined };
  expect(logEntry(incoming, request)).toMatchObject({ model: '', stream: false, requestId: 'req_00000000' });
});
