import { describe, expect, it } from 'vitest';
import { RouterError } from '../../../src/errors.ts';
import { faultOf, isDuplicate, sqlState, unusable } from '../../../src/stores/postgres/faults.ts';

const SECRET = 'postgres://ann:hunter2@db.internal/router';

function ofServer(code: string, message = 'said by the server'): Error {
  return Object.assign(new Error(message), { severity: 'ERROR', code });
}

function ofSystem(code: string): Error {
  return Object.assign(new Error(`connect ${code} ${SECRET}`), { code, address: SECRET });
}

describe('faults of PostgreSQL', () => {
  it.each([
    ['again', ['40001', '40P01', '55P03']],
    ['lost', ['08006', '25006', '53300', '53100', '57P01', '57P03', '57014', '58030', 'XX000']],
    ['value', ['22003', '22P02', '22021', '54000']],
    ['stale', ['23514']],
    ['other', ['28P01', '3D000', '42501', '42P01', '23505', '0A000']],
  ] as const)('the fault is `%s` for the error codes %j', (fault, codes) => {
    for (const code of codes) expect(faultOf(ofServer(code))).toBe(fault);
  });

  it('an error of the network or of a time limit means that the connection is lost, and a RouterError does not', () => {
    for (const error of [
      ofSystem('ECONNRESET'),
      new Error('Connection terminated unexpectedly'),
      new Error('Query read timeout'),
    ])
      expect(faultOf(error)).toBe('lost');
    expect(faultOf(new RouterError('store-unusable', 'ours'))).toBe('other');
    expect(sqlState(ofSystem('EPIPE'))).toBeUndefined();
  });

  it('if another process has just created the same object, the error shows it', () => {
    expect(['42P07', '42P06', '23505', '42710'].map(code => isDuplicate(ofServer(code)))).toEqual([
      true,
      true,
      true,
      true,
    ]);
    expect([ofServer('42501'), ofSystem('EEXIST')].map(isDuplicate)).toEqual([false, false]);
  });

  it.each([
    [ofServer('28P01'), /said by the server; check the user and the password/],
    [ofServer('3D000'), /create the database/],
    [ofServer('42501'), /grant this user/],
    [ofServer('25006'), /read replica.*`default_transaction_read_only`/],
    [
      new Error('SASL: SCRAM-SERVER-FIRST-MESSAGE: client password must be a string'),
      /asks for a password.*PGPASSWORD/,
    ],
    [new Error('SASL: SCRAM-SERVER-FIRST-MESSAGE: client password must be a non-empty string'), /none is given/],
    [ofServer('42P05'), /a pooler .* `prepare: false`/],
    [
      ofServer('26000', 'prepared statement "outcome_router_2egLoT5RVb_ZrG-d" does not exist'),
      /: prepared statement does not exist; .*`\?prepare=false`/,
    ],
    [ofServer('53300'), /max_connections/],
    [ofServer('57014'), /time limit/],
    [ofSystem('ECONNREFUSED'), /ECONNREFUSED.*check that it runs/],
    [ofSystem('ENOTFOUND'), /no host of this name/],
    [new Error('Query read timeout'), /not answered within the time limit/],
    [new Error('Connection terminated unexpectedly'), /closed the connection/],
    [new Error('timeout exceeded when trying to connect'), /pool has given no connection within its own time limit/],
    [new Error('Connection terminated due to connection timeout'), /not answered within the pool’s own time limit/],
  ])('%s is answered with what to do', (error, advice) => {
    expect(unusable(error)).toMatchObject({
      code: 'store-unusable',
      message: expect.stringMatching(advice) as unknown,
    });
  });

  it('no error has a part of the URL, whatever the driver or the system says', () => {
    const parser = Object.assign(new TypeError(`Invalid URL: ${SECRET}`), { code: 'ERR_INVALID_URL', input: SECRET });
    for (const error of [parser, ofSystem('ECONNREFUSED'), new Error(SECRET), SECRET]) {
      const seen = unusable(error);
      expect([seen.message, seen.stack, JSON.stringify(seen), String(seen.cause)].join()).not.toContain('hunter2');
    }
  });
});
