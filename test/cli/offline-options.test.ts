import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command, InvalidArgumentError } from 'commander';
import { afterAll, describe, expect, test } from 'vitest';
import {
  parseFailureCost,
  parseNames,
  parseUsd,
  parseVerdict,
  readTokenPrices,
  withOffline,
} from '../../src/cli/offline-options.ts';
import { RouterError } from '../../src/errors.ts';

const directory = mkdtempSync(join(tmpdir(), 'offline-'));
afterAll(() => rmSync(directory, { recursive: true }));

test('the commands share their options: several policies, a seed that is 1 unless said, a page, JSON', () => {
  const command = withOffline(new Command()).exitOverride();
  expect(command.parse([], { from: 'user' }).opts()).toEqual({ seed: '1' });
  const args = ['--policy', 'thompson', 'always:mini', '--seed', '7', '--html', 'x.html', '--json'];
  expect(withOffline(new Command()).parse(args, { from: 'user' }).opts()).toEqual({
    policy: ['thompson', 'always:mini'],
    seed: '7',
    html: 'x.html',
    json: true,
  });
});

describe('values of options', () => {
  test('names are separated by commas, and none is empty', () => {
    expect(parseNames('mini, premium')).toEqual(['mini', 'premium']);
    expect(() => parseNames('mini,,premium')).toThrow(InvalidArgumentError);
  });

  test('a failure cost is an amount, or a multiple', () => {
    expect(parseFailureCost('2.5')).toEqual({ kind: 'usd', amount: 2.5 });
    expect(parseFailureCost('10x')).toEqual({ kind: 'times', amount: 10 });
    expect(parseFailureCost('10×')).toEqual({ kind: 'times', amount: 10 });
    for (const wrong of ['-1', '-2x', 'x', 'dear']) expect(() => parseFailureCost(wrong)).toThrow(InvalidArgumentError);
  });

  test('an amount in USD may be nothing, never less', () => {
    expect(parseUsd('0')).toBe(0);
    expect(parseUsd('1,250.5')).toBe(1250.5);
    for (const wrong of ['-0.01', '$3', '']) expect(() => parseUsd(wrong)).toThrow(InvalidArgumentError);
  });

  test('a verdict is two rates, and what judging costs where it costs anything', () => {
    expect(parseVerdict('0.9,95%')).toEqual({ sensitivity: 0.9, specificity: 0.95 });
    expect(parseVerdict('0.9,0.95,0.0005')).toEqual({ sensitivity: 0.9, specificity: 0.95, costUsd: 0.0005 });
    for (const wrong of ['0.9', '0.9,1.2', '-0.1,0.9', '0.9,0.9,1,1', '0.9,0.9,-1', '0.9,well']) {
      expect(() => parseVerdict(wrong)).toThrow(InvalidArgumentError);
    }
  });
});

describe('token prices', () => {
  const file = join(directory, 'prices.json');

  function refusal(content: string): RouterError {
    writeFileSync(file, content);
    try {
      readTokenPrices(file);
    } catch (error) {
      if (RouterError.isInstance(error)) return error;
      throw error;
    }
    throw new Error('the prices were accepted');
  }

  test('are read by model', () => {
    writeFileSync(file, '{"mini": {"input": 0.15, "output": 0.6}, "free": {"input": 0, "output": 0}}');
    expect(readTokenPrices(file)).toEqual({ mini: { input: 0.15, output: 0.6 }, free: { input: 0, output: 0 } });
  });

  test.each([
    ['not JSON', '{"mini": ', 'not JSON'],
    ['a negative price', '{"mini": {"input": -1, "output": 2}}', '"mini".input'],
    ['a price that is absent', '{"mini": {"input": 1}}', '"mini".output'],
    ['a price as text', '{"mini": {"input": 1, "output": "2"}}', '"mini".output'],
    ['a model without prices', '{"mini": null}', '"mini".input'],
    ['a list', '[1]', 'not an object of prices by model'],
    ['nothing', 'null', 'not an object of prices by model'],
  ])('%s is refused with the file and the place', (_, content, place) => {
    const error = refusal(content);
    expect(error.code).toBe('invalid-data');
    expect(error.message).toContain(file);
    expect(error.message).toContain(place);
  });

  test('a file that does not exist is the system’s own error', () => {
    expect(() => readTokenPrices(join(directory, 'absent'))).toThrow(/ENOENT/);
  });
});
