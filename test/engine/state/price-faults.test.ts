import { expect, test } from 'vitest';
import type { Fault } from '../../../src/contracts/observer.ts';
import { RouterError } from '../../../src/errors.ts';
import { priceFaults } from '../../../src/engine/state/price-faults.ts';

const WHERE = { model: 'mini', feature: 'f', intentId: 'i1' };

function telling() {
  const faults: Fault[] = [];
  const tellings: Promise<void>[] = [];
  const tell = priceFaults(
    fault => void faults.push(fault),
    work => void tellings.push(work),
  );
  return { tell, faults, told: async () => Promise.all(tellings) };
}

test('an item without a price is reported once per model, with the feature and the intent of its first call', async () => {
  const { tell, faults, told } = telling();
  tell(['tier "ultrafast"', 'webSearch'], WHERE);
  tell(['webSearch', 'tier "ultrafast"'], { ...WHERE, feature: 'g', intentId: 'i2' });
  tell(['tier "scale"'], WHERE);
  tell(['webSearch'], { ...WHERE, model: 'premium' });
  await told();
  expect(faults.map(({ error }) => RouterError.isInstance(error) && error.path)).toEqual([
    'models.mini.price.tiers.ultrafast',
    'models.mini.price.webSearchUsdPerThousand',
    'models.mini.price.tiers.scale',
    'models.premium.price.webSearchUsdPerThousand',
  ]);
  expect(faults[0]).toMatchObject({ where: 'price', feature: 'f', intentId: 'i1', error: { code: 'unknown-price' } });
});

test('a redirect is reported once, whether a reply names the model or a snapshot of it', async () => {
  const { tell, faults, told } = telling();
  for (const name of ['gpt-5', 'gpt-5-2025-08-07', 'gpt-5-2025-11-13', 'gpt-5-mini']) tell([`model "${name}"`], WHERE);
  await told();
  expect(faults.map(({ error }) => (error as Error).message)).toEqual([
    expect.stringContaining('"gpt-5"'),
    expect.stringContaining('"gpt-5-mini"'),
  ]);
});

test('the memory for reported items is bounded', async () => {
  const { tell, faults, told } = telling();
  for (let i = 0; i < 3_000; i++) tell([`model "m${i}"`], WHERE);
  await told();
  expect(faults).toHaveLength(3_000);
  tell(['model "m2999"'], WHERE);
  await told();
  expect(faults).toHaveLength(3_000);
  tell(['model "m0"'], WHERE);
  await told();
  expect(faults).toHaveLength(3_001);
});
