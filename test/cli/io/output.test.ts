import { Command } from 'commander';
import { expect, test, vi } from 'vitest';
import { printCsv, printResult, toJson, withJson } from '../../../src/cli/io/output.ts';

function printed(act: () => void): string {
  const write = vi.spyOn(process.stdout, 'write').mockReturnValue(true);
  try {
    act();
    return write.mock.calls.map(([text]) => String(text)).join('');
  } finally {
    write.mockRestore();
  }
}

test('an exact amount is a decimal string in JSON, whatever its size', () => {
  expect(JSON.parse(toJson({ costNanoUsd: 12_345_678_901_234_567_890n }))).toEqual({
    costNanoUsd: '12345678901234567890',
  });
});

test('--json prints one document and never renders a table', () => {
  const text = printed(() => printResult({ total: 3n }, { json: true }, () => expect.unreachable()));
  expect(JSON.parse(text)).toEqual({ total: '3' });
});

test('without --json the result is printed as text', () => {
  expect(printed(() => printResult(3, {}, value => `three is ${value}`))).toBe('three is 3\n');
});

test('--json is off by default', () => {
  const parse = (...args: string[]) => withJson(new Command('prices')).parse(args, { from: 'user' }).opts();
  expect(parse()).toEqual({});
  expect(parse('--json')).toEqual({ json: true });
});

test('CSV has a line of column names, an empty field where there is no value, and quotes where a field needs them', () => {
  const rows = [
    { group: 'a, b', usd: '0.1', low: Number.NaN },
    { group: null, usd: 2 },
  ];
  expect(printed(() => printCsv(['group', 'usd', 'low'], rows))).toBe('group,usd,low\r\n"a, b",0.1,\r\n,2,\r\n');
});
