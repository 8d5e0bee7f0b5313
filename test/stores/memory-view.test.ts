import { expect, test } from 'vitest';
import { memory } from '../../src/stores/memory.ts';
import { anIntent, changesOf } from './histories.ts';

const IDS = Array.from({ length: 400 }, (_, i) => `intent-${String(i).padStart(3, '0')}`);

async function filled() {
  const store = memory();
  await store.commitAll(IDS.flatMap(id => changesOf(anIntent(id))));
  return store;
}

test('a page has 500 records, and is not filled with those of other features', async () => {
  const store = await filled();
  const sizes = (await Array.fromAsync(store.scanPages())).map(({ records }) => records.length);
  expect(sizes).toEqual([500, 500, 200]);
  expect(await Array.fromAsync(store.scanPages({ feature: 'extract' }))).toEqual([]);
});

test('intents are listed page by page after the last one of the page before', async () => {
  const store = await filled();
  const listed: string[] = [];
  for (let after: string | undefined; ; after = listed.at(-1)) {
    const page = await store.intents({ feature: 'support', limit: 150, ...(after === undefined ? {} : { after }) });
    if (page.length === 0) break;
    listed.push(...page);
  }
  expect(listed).toEqual(IDS.toReversed());
  expect(await store.intents({ feature: 'support', limit: 9, after: 'unknown' })).toEqual([]);
});

test('a snapshot keeps the intents and records of its moment, even if they are pruned or continued afterwards', async () => {
  const store = memory();
  const [first, second, third] = changesOf(anIntent('a'));
  if (first === undefined || second === undefined || third === undefined) return expect.unreachable();
  await store.commitAll([first, second]);
  await store.consistently(async view => {
    await store.commitAll([third, ...changesOf(anIntent('b'))]);
    await store.prune(Infinity);
    expect(await view.load('a')).toEqual([...first.records, ...second.records]);
    expect(await view.load('b')).toEqual([]);
    expect(await view.intents({ feature: 'support', limit: 9 })).toEqual(['a']);
    expect(await store.intents({ feature: 'support', limit: 9 })).toEqual([]);
  });
});
