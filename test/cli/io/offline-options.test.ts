import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Command } from 'commander';
import { describe, expect, test } from 'vitest';
import {
  parseFailureCost,
  parseNames,
  parseUsd,
  parseVerdict,
  readTokenPrices,
  withOffline,
} from '../../../src/cli/io/offline-options.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const directory = temporaryFolder();

test('names are separated by commas, and an empty name is refused', () => {
  expect(parseNames('mini, premium')).toEqual(['mini', 'premium']);
  expect(() => parseNames('mini,')).toThrow('A name is empty');
});

test('a failure cost is an amount in USD or a multiple of a request’s cost', () => {
  expect(parseFailureCost('2.5')).toEqual({ kind: 'usd', amount: 2.5 });
  expect(parseFailureCost('0')).toEqual({ kind: 'usd', amount: 0 });
  expect(parseFailureCost('2.5×')).toEqual({ kind: 'times', amount: 2.5 });
  expect(parseFailureCost('10x')).toEqual({ kind: 'times', amount: 10 });
  expect(() => parseFailureCost('-1')).toThrow('less than 0');
  expect(() => parseFailureCost('much')).toThrow('Not a number');
});

test('the offline commands share options for policies, a seed (default 1), an HTML file and JSON', () => {
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

test('an amount in USD must be 0 or more', () => {
  expect(parseUsd('0')).toBe(0);
  expect(parseUsd('1,250.5')).toBe(1250.5);
  expect(() => parseUsd('-0.01')).toThrow('not an amount in USD');
  expect(() => parseUsd('$3')).toThrow('Not a number');
});

test('the verdict option has a sensitivity, a specificity and an optional price', () => {
  expect(parseVerdict('0.9,95%')).toEqual({ sensitivity: 0.9, specificity: 0.95 });
  expect(parseVerdict('1,1,0.0005')).toEqual({ sensitivity: 1, specificity: 1, costUsd: 0.0005 });
  expect(parseVerdict('0,1,0')).toEqual({ sensitivity: 0, specificity: 1, costUsd: 0 });
  expect(() => parseVerdict('0.9')).toThrow('SENSITIVITY');
  expect(() => parseVerdict('0.9,0.9,0,1')).toThrow('SENSITIVITY');
  expect(() => parseVerdict('-0.1,0.9')).toThrow('not between 0 and 1');
  expect(() => parseVerdict('0.9,0.9,-1')).toThrow('not an amount in USD');
  expect(() => parseVerdict('0.9,1.5')).toThrow('not between 0 and 1');
});

describe('readTokenPrices', () => {
  const file = (text: string): string => {
    const path = join(directory, 'prices.json');
    writeFileSync(path, text);
    return path;
  };

  test('token prices are read in USD per million tokens, and other fields are ignored', () => {
    expect(readTokenPrices(file('{"mini":{"input":0,"output":2,"source":"list"}}'))).toEqual({
      mini: { input: 0, output: 2 },
    });
  });

  test.each([
    ['{', 'not JSON'],
    ['{"mini":{"input":0.5}}', '"mini".output: not a price'],
    ['{"mini":{"input":-1,"output":1}}', '"mini".input: not a price'],
    ['{"mini":null}', '"mini".input: not a price'],
    ['[1]', 'the file is not an object of prices by model'],
    ['null', 'not an object of prices by model'],
  ])('the token prices %s are refused with an error that names model and field', (text, message) => {
    expect(() => readTokenPrices(file(text))).toThrow(message);
  });
});
