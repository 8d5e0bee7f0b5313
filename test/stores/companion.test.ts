import { expect, test } from 'vitest';
import { ledgerOfCompanion } from '../../src/stores/companion.ts';

test.each(['-wal', '-shm', '-journal', '.spool.jsonl', '.spool.jsonl.3', '.spool.jsonl.3.owner', '.spool.jsonl.aside'])(
  'a file name that ends in %s belongs to the ledger whose name comes before that',
  suffix => expect(ledgerOfCompanion(`/data/router.db${suffix}`)).toBe('/data/router.db'),
);

test.each(['router.db', '-wal', '.spool.jsonl', 'router.db-walrus', 'router.db.aside'])(
  '%s is not the name of a ledger’s companion file',
  name => expect(ledgerOfCompanion(name)).toBeUndefined(),
);
