import { expect, test } from 'vitest';
import { inFlightCounter } from '../../../src/engine/state/in-flight.ts';

test('`idle` resolves when no request has begun, and when every request that began has ended', async () => {
  const requests = inFlightCounter();
  await requests.idle();
  requests.begin();
  requests.begin();
  let isIdle = false;
  const idle = requests.idle().then(() => (isIdle = true));
  requests.end();
  await new Promise(setImmediate);
  expect(isIdle).toBe(false);
  requests.end();
  expect(await idle).toBe(true);
  await requests.idle();
});
