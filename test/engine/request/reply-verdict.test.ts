import * as z from 'zod';
import { afterEach, expect, test } from 'vitest';
import { fixed } from '../../../src/policies/fixed.ts';
import { closeAll, routed } from '../../support/routed.ts';
import { chat } from '../../support/scripted-server.ts';
import { straightStore } from '../../support/straight-store.ts';

afterEach(closeAll);

/** A schema that counts the replies it has seen. */
function countingSchema() {
  let asked = 0;
  const schema = z.unknown().refine(value => {
    asked++;
    return (value as { readonly answer?: unknown }).answer !== undefined;
  });
  return { schema, asked: () => asked };
}

test('a schema is checked once for each reply, even if its rejection ends the fast path', async () => {
  const { schema, asked } = countingSchema();
  const straight = straightStore();
  const feature = { validate: schema, policy: fixed(['mini', 'premium']) };
  const it = await routed({ 'mini-1': [chat('{}')], 'premium-1': [chat('{"answer":1}')] }, feature, straight);
  for (let i = 0; i < 3; i++) await it.ask();
  expect((await it.attempts()).map(({ model, verdict }) => `${model} ${verdict?.accepted}`)).toEqual(
    Array.from({ length: 3 }, () => ['mini false', 'premium true']).flat(),
  );
  expect([asked(), straight.taken()]).toEqual([6, 0]);
});

test('a reply that a schema accepts stays on the fast path with its verdict, and one that a function must judge does not', async () => {
  const straight = straightStore();
  const it = await routed(
    [chat('{"answer":1}')],
    { validate: countingSchema().schema, checks: { empty: true } },
    straight,
  );
  for (let i = 0; i < 4; i++) await it.ask();
  expect((await it.attempts()).map(attempt => attempt.verdict)).toEqual(
    Array.from({ length: 4 }, () => ({ accepted: true, by: 'schema' })),
  );
  expect(straight.taken()).toBe(3);
  const general = straightStore();
  const other = await routed([chat('hi')], { validate: () => true }, general);
  for (let i = 0; i < 4; i++) await other.ask();
  await other.router.flush();
  expect(general.taken()).toBe(0);
});
