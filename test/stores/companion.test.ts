import { expect, test } from 'vitest';
import { ledgerOfCompanion } from '../../src/stores/companion.ts';

test.each(['-wal', '-shm', '-journal', '.spool.jsonl', '.spool.jsonl.3', '.spool.jsonl.3.owner', '.spool.jsonl.aside'])(
  'a name with %s belongs to the ledger before it',
  suffix => expect(ledgerOfCompanion(`/data/router.db${suffix}`)).toBe('/data/router.db'),
);

test.each(['router.db', '-wal', '.spool.jsonl', 'router.db-walrus', 'router.db.aside'])(
  '%s is the name of no ledger’s companion',
  name => expect(ledgerOfCompanion(name)).toBeUndefined(),
);
