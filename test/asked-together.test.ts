import { expect, test } from 'vitest';
import { askedTogether } from '../src/asked-together.ts';

test('keys that are requested before a query is sent share that query, and later keys share the next one', async () => {
  const sent: string[][] = [];
  const turns: (() => void)[] = [];
  const ask = askedTogether(async take => {
    await new Promise<void>(resolve => turns.push(resolve));
    const keys = [...take()];
    sent.push(keys);
    return keys.length;
  });
  const first = [ask('a'), ask('b'), ask('a')];
  await Promise.resolve();
  first.push(ask('c'));
  turns.shift()?.();
  expect(await Promise.all(first)).toEqual([3, 3, 3, 3]);
  const second = [ask('a'), ask('d')];
  await Promise.resolve();
  turns.shift()?.();
  expect(await Promise.all(second)).toEqual([2, 2]);
  expect(sent).toEqual([
    ['a', 'b', 'c'],
    ['a', 'd'],
  ]);
});

test.each([
  ['before it is sent', false],
  ['after', true],
])('a query that fails %s is an error for its own keys alone', async (_, isSent) => {
  let questions = 0;
  const ask = askedTogether(async take => {
    if (isSent) take();
    if (questions++ === 0) throw new Error('no connection');
    return [...take()];
  });
  const failed = await Promise.allSettled([ask('a'), ask('b')]);
  expect(failed.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  expect(await ask('c')).toEqual(['c']);
});
