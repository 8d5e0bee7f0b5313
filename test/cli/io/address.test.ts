import { describe, expect, it } from 'vitest';
import {
  addressesIn,
  isAddress,
  isPostgres,
  sameAddress,
  shownLedger,
  withoutPasswords,
} from '../../../src/cli/io/address.ts';

describe('the name of a ledger', () => {
  it.each([
    ['router.db', false, false],
    ['C:\\ledgers\\router.db', false, false],
    ['./postgres://router.db', false, false],
    ['postgres://db.internal/router', true, true],
    ['PostgreSQL://db.internal/router', true, true],
    ['mysql://db.internal/router', true, false],
    ['postgres:me:secret@db/router', true, false],
    ['postgres:/me:secret@db/router', true, false],
    ['postgres//me:secret@db/router', true, false],
    ['PostgreSQL:db/router', true, false],
    ['me:secret@db/router', true, false],
    ['postgres.db', false, false],
    ['postgres/router.db', false, false],
    ['./me:here@home.db', false, false],
    ['../me:here@home.db', false, false],
    ['/data/me:here@home.db', false, false],
    ['C:\\data\\me@home.db', false, false],
    ['me@home.db', false, false],
    [':memory:', false, false],
  ])('%s is an address: %s, of PostgreSQL: %s', (name, address, ofPostgres) => {
    expect([isAddress(name), isPostgres(name)]).toEqual([address, ofPostgres]);
  });

  it.each([
    ['router.db', 'router.db'],
    ['postgres://db.internal/router', 'postgres://db.internal/router'],
    ['postgres://me:secret@db.internal:6432/router', 'postgres://me@db.internal:6432/router'],
    ['postgresql://me:s%40cret@db/router?schema=eu', 'postgresql://me@db/router?schema=eu'],
    ['postgres://me:my secret@db/router', 'postgres://me@db/router'],
    ['postgres:///router?host=/run/postgresql&password=secret', 'postgres:///router?host=%2Frun%2Fpostgresql'],
    ['postgres://db/router?user=me&password=secret&sslpassword=secret', 'postgres://db/router'],
    // The text after a special character would be read as a host, a port or a path.
    ['postgres://me:sec#ret@db/router', 'postgres://…'],
    ['postgres://me:12/secret@db/router', 'postgres://…'],
    ['postgres://me:12?secret@db/router', 'postgres://…'],
    ['postgres://me:p@ss/secret@db/router', 'postgres://…'],
    ['postgres://me:secret@db:port/router', 'postgres://…'],
    ['postgres:me:secret@db/router', '…'],
    ['postgres:/me:secret@db/router', '…'],
    ['postgres//me:secret@db/router', '…'],
    ['me:secret@db/router', '…'],
  ])('%s is shown as %s', (name, shown) => {
    expect(shownLedger(name)).toBe(shown);
  });
});

describe('addresses of the same ledger', () => {
  it.each([
    ['postgres://db/router', 'postgresql://me:secret@DB:5432/router?sslmode=require', true],
    ['postgres:///router?host=/run/postgresql', 'postgres:///router?host=%2Frun%2Fpostgresql&port=5432', true],
    ['postgres://db/router', 'postgres://db/other', false],
    ['postgres://db/router', 'postgres://db:5433/router', false],
    ['postgres://db/router', 'postgres://db/router?schema=eu', false],
  ])('%s and %s are the same: %s', (one, other, isSame) => {
    expect(sameAddress(one) === sameAddress(other)).toBe(isSame);
  });
});

describe('a text that is shown', () => {
  it.each([
    ['cannot open postgres://me:secret@db/router.', 'cannot open postgres://me@db/router.'],
    ['{"ledger": "postgres://me:secret@db/router"}', '{"ledger": "postgres://me@db/router"}'],
    ['mysql://me:secret@db/router is no ledger', 'mysql://me@db/router is no ledger'],
    ['read https://example.com/a?page=2#b', 'read https://example.com/a?page=2#b'],
    ['name it: postgres://…/database', 'name it: postgres://…/database'],
    ['(postgres://me:secret@db/router), made today', '(postgres://me@db/router), made today'],
    ['of postgres://me:secret@db/router?password=secret.', 'of postgres://me@db/router.'],
    ['no addresses here: a@b.example', 'no addresses here: a@b.example'],
  ])('the text %j is shown as %j', (text, shown) => {
    expect(withoutPasswords(text)).toBe(shown);
  });

  it('no part of an address on the command line is shown, whatever characters its password has', () => {
    for (const password of ['my secret', 'sec"ret', "sec'ret", 'sec\\ret', 'sec`ret']) {
      const address = `postgres://me:${password}@db/router`;
      const known = addressesIn(['report', `--db=${address}`, '--feature', 'support']);
      const shown = withoutPasswords(`${address} failed: ${address}`, known);
      expect(shown).not.toMatch(/sec|ret/);
      expect(shown).toContain('failed');
    }
  });

  it.each([
    [['report', 'router.db', '--link', 'https://example.com/{intentId}'], []],
    [['copy', 'router.db', 'postgres://me:secret@db/router'], ['postgres://me:secret@db/router']],
    [['report', '--db=postgres://db/router?password=secret'], ['postgres://db/router?password=secret']],
    [['report', 'postgres://db/router'], []],
    [['report', '--db=postgres:me:secret@db/router'], ['postgres:me:secret@db/router']],
    [['report', 'me:secret@db/router', '--link=https://example.com/a:b@c'], ['me:secret@db/router']],
  ])('the addresses in %j are %j', (args, addresses) => {
    expect(addressesIn(args)).toEqual(addresses);
  });
});
