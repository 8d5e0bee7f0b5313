import { expect, test } from 'vitest';
import { meterName, pricedUnit } from '../../../src/exports/focus/focus-units.ts';

const metered = (meter: string) => ({ kind: 'meter', line: { meter } }) as never;

test.each([
  ['cacheRead', 'Cache Read Tokens', '1000000 Tokens'],
  ['webSearch', 'Web Searches', '1000 Calls'],
  ['gpuMs', 'GPU Time', '1000 Milliseconds'],
  ['a meter of tomorrow', 'a meter of tomorrow', 'Units'],
])('the meter %s has a name on a bill and the unit of its price', (meter, name, pricing) => {
  expect(meterName(metered(meter))).toBe(name);
  expect(pricedUnit(metered(meter))).toMatchObject({ name, pricing });
});

test('a whole call has a unit if its reply stated the price, and an adjustment has neither meter nor unit', () => {
  const stated = (isStated: boolean) => ({ kind: 'request', isStated }) as never;
  expect([true, false].map(stated).map(charge => [meterName(charge), pricedUnit(charge)?.name])).toEqual([
    ['Requests', 'Requests'],
    ['Requests', undefined],
  ]);
  const adjustment = { kind: 'adjustment' } as never;
  expect([meterName(adjustment), pricedUnit(adjustment)]).toEqual([undefined, undefined]);
});
