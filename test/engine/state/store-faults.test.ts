import { expect, test } from 'vitest';
import { storeFaults } from '../../../src/engine/state/store-faults.ts';
import { RouterError } from '../../../src/errors.ts';

function telling() {
  const clock = { ms: 0 };
  const told: unknown[] = [];
  const faulted = storeFaults(error => told.push(error), { elapsedMs: () => clock.ms });
  return { clock, told, faulted };
}

const down = (): RouterError => new RouterError('store-unusable', 'no server answers there', { path: 'postgres' });

test('an outage is reported once, however long it lasts, and a later outage is reported again', () => {
  const { clock, told, faulted } = telling();
  for (; clock.ms < 3_600_000; clock.ms += 1_000) faulted(down());
  expect(told).toHaveLength(1);
  clock.ms += 300_001;
  faulted(down());
  faulted(down());
  expect(told).toHaveLength(2);
});

test('another error in the same outage is reported too', () => {
  const { told, faulted } = telling();
  for (const message of ['starting up', 'no server answers there', 'starting up'])
    faulted(new RouterError('store-unusable', message));
  expect(told).toHaveLength(2);
});

test('the memory for reported errors stays limited even if all errors differ', () => {
  const { told, faulted } = telling();
  for (let index = 0; index < 250; index++) faulted(new Error(`row ${index}`));
  faulted(new Error('row 249'));
  expect(told).toHaveLength(250);
  faulted(new Error('row 0'));
  expect(told).toHaveLength(251);
});
