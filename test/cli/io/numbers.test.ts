import { spawnSync } from 'node:child_process';
import { InvalidArgumentError } from 'commander';
import { expect, test } from 'vitest';
import {
  parseCount,
  parseDate,
  parseFraction,
  parseNumber,
  parseShare,
  rateText,
} from '../../../src/cli/io/numbers.ts';

test.each([
  ['0.7', 0.7],
  ['70%', 0.7],
  ['.5', 0.5],
  ['1_000', 1_000],
  ['1,000,000', 1_000_000],
  ['12,345.5', 12_345.5],
  [' 3 ', 3],
  ['-2', -2],
])('%j is read as the number %d', (text, value) => {
  expect(parseNumber(text)).toBeCloseTo(value, 12);
});

test.each(['0,0019', '0,001', '12,5', '1,00', '1,0000', '1000,000', '1.5,000', '1_', '1,_000'])(
  '%j is refused because its separator does not separate thousands',
  text => {
    expect(() => parseNumber(text)).toThrow('Not a number such as 0.0019, 1,000 or 70%.');
  },
);

test.each(['', 'x', '1e5', '1.2.3', '$5', '7%%', 'Infinity', 'NaN'])(
  '%j is refused because it is not a number',
  text => {
    expect(() => parseNumber(text)).toThrow(InvalidArgumentError);
  },
);

test('a count must be a whole number, 0 or more', () => {
  expect(parseCount('0')).toBe(0);
  expect(parseCount('1_000')).toBe(1_000);
  expect(() => parseCount('9007199254740993')).toThrow(InvalidArgumentError);
  expect(() => parseCount('1.5')).toThrow(InvalidArgumentError);
  expect(() => parseCount('-1')).toThrow(InvalidArgumentError);
});

test('a fraction is a number or a percentage from 0 to 1', () => {
  expect(['0', '0.05', '5%', '100%'].map(parseFraction)).toEqual([0, 0.05, 0.05, 1]);
  for (const text of ['5', '101%', '-0.1'])
    expect(() => parseFraction(text)).toThrow(`${text} is not between 0 and 1.`);
});

test('a date is a day in UTC or a point in time', () => {
  expect(parseDate('2026-11-22')).toBe(Date.UTC(2026, 10, 22));
  expect(parseDate('2026-11-22T10:00:00+02:00')).toBe(Date.UTC(2026, 10, 22, 8));
  expect(() => parseDate('tomorrow')).toThrow(InvalidArgumentError);
  expect(() => parseDate('2026-13-01')).toThrow(InvalidArgumentError);
  expect(() => parseDate('2026-02-30')).toThrow(InvalidArgumentError);
});

test('a time without an offset is read as UTC, whatever the time zone of the machine', () => {
  const source = JSON.stringify(new URL('../../../src/cli/io/numbers.ts', import.meta.url).href);
  const script = `
    const { parseDate } = await import(${source});
    const texts = ['2026-11-22T23:00', '2026-11-22T23:00:05.5', '2026-11-22T23:00Z', '2026-11-22'];
    console.log(JSON.stringify([new Date(2026, 10, 22).getTimezoneOffset(), ...texts.map(parseDate)]));`;
  const flags = ['--experimental-strip-types', '--disable-warning=ExperimentalWarning', '--input-type=module'];
  const env = { ...process.env, TZ: 'America/New_York' };
  const { stdout } = spawnSync(process.execPath, [...flags, '-e', script], { encoding: 'utf8', env });
  const hour = Date.UTC(2026, 10, 22, 23);
  expect(JSON.parse(stdout)).toEqual([300, hour, hour + 5_500, hour, Date.UTC(2026, 10, 22)]);
});

test('a rate is printed with all its decimals, at least two', () => {
  expect(rateText(3_625, 1_000_000)).toBe('$0.003625');
  expect(rateText(10_000_000_000, 1_000)).toBe('$10.00');
  expect(rateText(undefined, 1)).toBe('');
});

test('a share is a percentage or a fraction below 1; a bare 1 is refused with both spellings', () => {
  expect(['5%', '5 %', '0.05', '100%', '0'].map(parseShare)).toEqual([0.05, 0.05, 0.05, 1, 0]);
  expect(() => parseShare('1')).toThrow('1 may be 1 %, or all of them. Write 1%, or 0.01.');
  for (const wrong of ['101%', '-1%', 'half']) expect(() => parseShare(wrong)).toThrow();
});
