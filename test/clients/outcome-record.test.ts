import { afterEach, expect, test } from 'vitest';
import { closeAll, routed } from '../support/routed.ts';
import { chat } from '../support/scripted-server.ts';

afterEach(closeAll);

test('an outcome before the first request decides the intent once, and the request keeps that decision', async () => {
  const { router, ask, ledger } = await routed([chat('hi')]);
  const intent = router.feature('support').intent();
  expect(await intent.fail({ costUsd: 3 })).toMatchObject({ state: 'failure', costUsd: 3 });
  await ask(intent.model);
  await intent.succeed();
  expect((await ledger()).map(({ kind }) => kind)).toEqual(['decided', 'labelled', 'attempted', 'corrected']);
});

test('an outcome of an intent that no process has begun is refused, and so is an invalid outcome', async () => {
  const { router } = await routed([chat('hi')]);
  const support = router.feature('support');
  await expect(support.outcome('no-such-intent', { success: true })).rejects.toMatchObject({ code: 'unknown-intent' });
  await expect(support.intent().outcome({ success: 1 as never })).rejects.toMatchObject({ code: 'invalid-value' });
});
