import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { postgres } from '../../src/stores/postgres.ts';
import { attempted, commitAll, decided, evidence, history } from '../stores/histories.ts';
import { askServer, describeOnPostgres, newSchema, postgresUrl } from '../support/postgres.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { runProgram } from './commands/run-command.ts';

const DAY = 86_400_000;
const directory = temporaryFolder();
const [archive, bill] = [join(directory, 'archive'), join(directory, 'bill.csv')];

describeOnPostgres('a user who may open three connections', () => {
  let ledger = '';

  beforeAll(async () => {
    const ask = await askServer();
    const schema = newSchema();
    await ask(`CREATE ROLE "${schema}" LOGIN CONNECTION LIMIT 3; CREATE SCHEMA "${schema}" AUTHORIZATION "${schema}"`);
    const url = Object.assign(new URL(await postgresUrl()), { username: schema });
    url.searchParams.set('schema', schema);
    ledger = url.href;
    const store = postgres(ledger);
    const intents = Array.from({ length: 60 }, (_, index) => {
      const atMs = Date.now() - (index < 40 ? 200 : 2) * DAY + index;
      const own = { requestId: `request-${index}`, providerRequestId: `req_${index}` };
      return history(`intent-${index}`, index % 2 === 0 ? 'support' : 'extract', [
        decided(atMs),
        attempted(atMs + 1, own),
        evidence(atMs + 2, { source: 'explicit', success: index % 3 > 0 }),
      ]);
    });
    await commitAll(store, intents);
    await store.close();
    const moved = await runProgram(['archive', ledger, '--older-than', '90d', '--to', archive]);
    expect(moved).toMatchObject({ code: 0 });
    const focus = ['export', ledger, '--format', 'focus', '--out', bill, '--archive', archive];
    expect(await runProgram(focus)).toMatchObject({ code: 0 });
  });

  test.each(['report', 'replay', 'export', `reconcile --bill ${bill}`, 'rebuild', 'rebuild --from-records'])(
    '%s reads the ledger together with its archive',
    async command => {
      const ran = await runProgram([...command.split(' '), '--db', ledger, '--archive', archive]);
      expect(ran).toMatchObject({ code: 0 });
    },
  );

  test('copy, maintain, controls and spend work with few connections', async () => {
    const copied = await runProgram(['copy', ledger, join(directory, 'copy.db')]);
    expect(copied).toMatchObject({ code: 0 });
    for (const args of [
      ['maintain', ledger],
      ['controls', ledger],
      ['spend', ledger],
    ])
      expect(await runProgram(args)).toMatchObject({ code: 0 });
  });
});
