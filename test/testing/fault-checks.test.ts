import { describe, expect, test } from 'vitest';
import {
  checkCapabilities,
  checkDelivery,
  checkFault,
  checkVendor,
  errorStatus,
} from '../../src/testing/fault-checks.ts';

describe('a fault', () => {
  test.each([
    [{ kind: 'status', status: 529, retryAfter: { dateInMs: -5 }, shouldRetry: false, vendor: 'groq' }],
    [{ kind: 'status', status: 429, sentAs: 'json', retryAfter: { text: 'abc' } }],
    [{ kind: 'no-credit', sentAs: 'event', afterEvents: 0 }],
    [{ kind: 'content-filter', sentAs: 'reply', afterEvents: 3, delivery: { contentType: null } }],
    [{ kind: 'context-too-long' }],
    [{ kind: 'output-too-long', limit: 100 }],
    [{ kind: 'unsupported-capability', capability: 'images' }],
    [{ kind: 'delivery', delivery: { encoding: 'br', redirect: 308, headers: { a: 'b' } } }],
    [{ kind: 'cut', afterEvents: 2, by: 'half-close', delivery: { chunkBytes: [1, 9], headersAfterMs: 0.5 } }],
    [{ kind: 'reset', by: 'close', delivery: { events: { lineEnd: '\r', done: false } } }],
  ])('%j is accepted', fault => {
    expect(() => checkFault(fault, 'fault')).not.toThrow();
  });

  test.each([
    [{ kind: 'status', status: 429, sentAs: 'jsn' }, '.sentAs'],
    [{ kind: 'status', status: 429, sentAs: 'json', afterEvents: 1 }, '.afterEvents'],
    [{ kind: 'status', status: 429, afterEvents: 1 }, '.afterEvents'],
    [{ kind: 'status', status: 429, sentAs: 'event', reportsUsage: true }, '.reportsUsage'],
    [{ kind: 'status', status: 429, sentAs: 'reply', reportsUsage: 1 }, '.reportsUsage'],
    [{ kind: 'status', status: 429, sentAs: 'event', afterEvents: -1 }, '.afterEvents'],
    [{ kind: 'status', status: 429, retryAfter: { text: 1 } }, '.retryAfter.text'],
    [{ kind: 'status', status: 429, retryAfter: { text: 'a', ms: 1 } }, '.retryAfter'],
    [{ kind: 'invalid-key', shouldRetry: 'no' }, '.shouldRetry'],
    [{ kind: 'invalid-key', vendor: 'opnai' }, '.vendor'],
    [{ kind: 'output-too-long' }, '.limit'],
    [{ kind: 'unsupported-capability', capability: 'image' }, '.capability'],
    [{ kind: 'delivery' }, '.delivery'],
    [{ kind: 'cut', afterEvents: 1, by: 'rest' }, '.by'],
    [{ kind: 'reset', delivery: { encoding: 'zip' } }, '.delivery.encoding'],
  ])('%j is refused with the path of the mistake', (fault, path) => {
    expect(() => checkFault(fault, 'fault')).toThrow(
      expect.objectContaining({ code: 'invalid-value', path: `fault${path}` }),
    );
  });
});

test.each([
  [{ contentType: 3 }, '.contentType'],
  [{ headers: { a: 1 } }, '.headers.a'],
  [{ redirect: 301 }, '.redirect'],
  [{ contenttype: 'a' }, '.contenttype'],
  [{ chunkBytes: 0 }, '.chunkBytes'],
  [{ chunkBytes: [3, 1] }, '.chunkBytes'],
  [{ firstEventAfterMs: -1 }, '.firstEventAfterMs'],
  [{ headersAfterMs: '1s' }, '.headersAfterMs'],
  [{ staleConnection: 1 }, '.staleConnection'],
  [{ events: { lineEnd: '\n\n' } }, '.events.lineEnd'],
  [{ events: { bom: true } }, '.events.bom'],
])('the delivery %j is refused with the path of the mistake', (delivery, path) => {
  expect(() => checkDelivery(delivery, 'delivery')).toThrow(
    expect.objectContaining({ code: 'invalid-value', path: `delivery${path}` }),
  );
});

test('a misspelled vendor or capability gets the nearest one as a suggestion, and an error status is at least 400', () => {
  expect(() => checkVendor('mistrl', 'vendor')).toThrow('did you mean "mistral"?');
  expect(() => checkCapabilities(['image'], 'lacks')).toThrow('did you mean "images"?');
  expect(() => errorStatus(399, 'status')).toThrow('400 to 599');
});
