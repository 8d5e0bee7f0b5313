import type { LedgerRecord } from '../../../src/core/ledger/records.ts';
import { expect, it } from 'vitest';
import { askServer, describeOnPostgres, withStore } from '../../support/postgres.ts';
import { anIntent, changesOf, must } from '../histories.ts';

describeOnPostgres('scanning the ledger', () => {
  it('a scan that is continued later misses no record of a commit that began before the scan and ended after it', async () => {
    const { s, store } = await withStore();
    await store.commitAll(changesOf(anIntent('before')));
    const slow = await askServer();
    await slow('BEGIN');
    await slow(`INSERT INTO ${s}.heads VALUES ('slow', 1, 202611, 'support', 1, 1, NULL)`);
    const record = { ...must(anIntent('slow').records[0]) };
    await slow(
      `INSERT INTO ${s}.ledger (month, intent_id, revision, feature, at_ms, kind, json) VALUES (202611, 'slow', 0, 'support', 1, 0, $1)`,
      [JSON.stringify(record)],
    );
    await store.commitAll(changesOf(anIntent('meanwhile')));
    const first = await Array.fromAsync(store.scanPages());
    await slow('COMMIT');
    await store.commitAll(changesOf(anIntent('after')));
    const { next } = must(first.at(-1));
    const second = await Array.fromAsync(store.scanPages({ after: next }));
    const ids = (pages: typeof first): string[] =>
      [...new Set(pages.flatMap(page => page.records.map(({ intentId }) => intentId)))].sort();
    expect(ids(first)).toEqual(['before', 'meanwhile']);
    expect(ids(second)).toEqual(['after', 'slow']);
  });

  it('a damaged row is named, and is left out on request', async () => {
    const { s, store, ask } = await withStore();
    await store.commitAll(changesOf(anIntent('a')));
    await ask(`UPDATE ${s}.ledger SET json = '{"kind":' WHERE revision = 1`);
    await expect(store.load('a')).rejects.toThrow('ledger (intent "a", revision 1)');
    await expect(Array.fromAsync(store.scan())).rejects.toThrow('ledger (intent "a", revision 1)');
    const damaged: unknown[] = [];
    const rest: LedgerRecord[] = await Array.fromAsync(
      store.scan({ damaged: (_, intentId) => damaged.push(intentId) }),
    );
    expect(rest.map(({ revision }) => revision)).toEqual([0, 2]);
    expect(damaged).toEqual(['a']);
  });
});
