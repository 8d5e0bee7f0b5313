import type { IncomingMessage } from 'node:http';
import { Readable } from 'node:stream';
import { describe, expect, test } from 'vitest';
import { MAX_FACT_USD } from '../../src/core/ledger/money.ts';
import { parseLabel, parseWhatIf, readBody } from '../../src/dashboard/request-body.ts';

/** The part of a request that reading a body needs. */
function requestOf(...parts: readonly string[]): IncomingMessage {
  return Readable.from(parts.map(part => Buffer.from(part))) as unknown as IncomingMessage;
}

describe('reading', () => {
  test('a body is read to its end, whatever the number of chunks', async () => {
    expect(await readBody(requestOf('{"a":', '"é"}'))).toEqual({ a: 'é' });
  });

  test('a body of 10,000 bytes is read and a longer one is refused, however it is chunked', async () => {
    const text = JSON.stringify('x'.repeat(9_998));
    expect(text).toHaveLength(10_000);
    expect(await readBody(requestOf(text.slice(0, 6_000), text.slice(6_000)))).toHaveLength(9_998);
    const longer = ` ${text}`;
    for (const parts of [[longer], [longer.slice(0, 6_000), longer.slice(6_000)]]) {
      await expect(readBody(requestOf(...parts))).rejects.toMatchObject({ code: 'invalid-value' });
    }
  });

  test('a body that ends in the middle is the client’s mistake, and a body that is too long keeps the connection for the reply', async () => {
    const left = new Readable({ read: () => left.destroy(new Error('aborted')) });
    await expect(readBody(left as unknown as IncomingMessage)).rejects.toMatchObject({ code: 'invalid-value' });
    const endless = new Readable({ read: () => endless.push('x'.repeat(1_000)) });
    await expect(readBody(endless as unknown as IncomingMessage)).rejects.toMatchObject({ code: 'invalid-value' });
    expect(endless.destroyed).toBe(false);
  });

  test.each(['', '{', 'plain'])('a body that is not JSON is refused: %j', async text => {
    await expect(readBody(requestOf(text))).rejects.toMatchObject({ code: 'invalid-value' });
  });

  test('a body that the application’s own parser has already parsed is used unchanged', async () => {
    for (const body of [{ a: 1 }, null]) expect(await readBody(Object.assign(requestOf(), { body }))).toEqual(body);
  });
});

describe('shapes', () => {
  test('a body with exactly the expected fields is returned unchanged', () => {
    const question = {
      feature: 'f',
      segment: '',
      failureCostUsd: MAX_FACT_USD,
      minSuccessRate: 1,
      budgetPerIntentUsd: 0,
    };
    expect(parseWhatIf(question)).toEqual(question);
    for (const success of [true, false, null]) {
      expect(parseLabel({ intentId: 'a', success })).toEqual({ intentId: 'a', success });
    }
  });

  test.each([
    [null, 'body'],
    [[], 'body'],
    ['text', 'body'],
    [{}, 'feature'],
    [{ feature: '', segment: '' }, 'feature'],
    [{ feature: 'f' }, 'segment'],
    [{ feature: 'f', segment: 1 }, 'segment'],
    [{ feature: 'f', segment: '', failureCostUsd: -1 }, 'failureCostUsd'],
    [{ feature: 'f', segment: '', failureCostUsd: Number.NaN }, 'failureCostUsd'],
    [{ feature: 'f', segment: '', failureCostUsd: Infinity }, 'failureCostUsd'],
    [{ feature: 'f', segment: '', failureCostUsd: MAX_FACT_USD * 1.01 }, 'failureCostUsd'],
    [{ feature: 'f', segment: '', failureCostUsd: '4' }, 'failureCostUsd'],
    [{ feature: 'f', segment: '', minSuccessRate: 1.01 }, 'minSuccessRate'],
    [{ feature: 'f', segment: '', budgetPerIntentUsd: -0.01 }, 'budgetPerIntentUsd'],
    [{ feature: 'f', segment: '', budgetPerIntentUsd: MAX_FACT_USD * 1.01 }, 'budgetPerIntentUsd'],
    [{ feature: 'f', segment: '', delete: true }, 'delete'],
    [{ feature: 'f', segment: '', hasOwnProperty: 'feature' }, 'hasOwnProperty'],
    [Object.create({ feature: 'f', segment: '' }), 'feature'],
  ])('the error of a what-if question names the first invalid field: %j → %s', (body, path) => {
    expect(() => parseWhatIf(body)).toThrow(expect.objectContaining({ code: 'invalid-value', path }));
  });

  test.each([
    [{ success: true }, 'intentId'],
    [{ intentId: '', success: true }, 'intentId'],
    [{ intentId: 'a' }, 'success'],
    [{ intentId: 'a', success: 'yes' }, 'success'],
    [{ intentId: 'a', success: 1 }, 'success'],
    [{ intentId: 'a', success: undefined }, 'success'],
  ])('the error of a label names the first invalid field: %j → %s', (body, path) => {
    expect(() => parseLabel(body)).toThrow(expect.objectContaining({ code: 'invalid-value', path }));
  });
});
