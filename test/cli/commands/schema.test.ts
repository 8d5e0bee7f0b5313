import { expect, test } from 'vitest';
import * as schema from '../../../src/cli/commands/schema.ts';
import { postgres } from '../../../src/stores/postgres.ts';
import { anIntent, changesOf } from '../../stores/histories.ts';
import { askServer, describeOnPostgres, newSchema, PATIENT, postgresUrl } from '../../support/postgres.ts';
import { runCommand } from './run-command.ts';

const run = (...args: string[]) => runCommand(schema, ['schema', ...args]);

test('the store must be named, and the schema must have a name that needs no quotes', async () => {
  const missing = await run();
  expect([missing.code, missing.stderr]).toEqual([1, expect.stringContaining('--postgres or --configuration')]);
  const { code, stdout, stderr } = await run('--postgres', '--name', 'My "Schema"');
  expect([code, stdout]).toEqual([1, '']);
  expect(stderr).toContain(
    '--name: "My \\"Schema\\"" is not the name of a schema (accepted: a name of lower-case letters',
  );
});

test('the JSON schema of a configuration is one document', async () => {
  const { code, stdout } = await run('--configuration');
  expect(code).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject({ type: 'object', required: ['models', 'features'] });
  expect(await run('--configuration', '--postgres')).toMatchObject({ code: 1, stdout: '' });
});

test('the roles and tables are named after the schema', async () => {
  const { code, stdout } = await run('--postgres', '--name', 'router_eu');
  expect(code).toBe(0);
  expect(stdout).toContain('CREATE ROLE router_eu_app LOGIN;');
  expect(stdout).toContain('CREATE TABLE "router_eu".heads');
  expect((await run('--postgres')).stdout).toContain('CREATE SCHEMA "outcome_router";');
});

test('the SQL for copied tables can be printed alone', async () => {
  const { stdout } = await run('--postgres', '--restamp', '--name', 'router_eu');
  expect(stdout).toContain('UPDATE "router_eu".ledger SET xid');
  expect(stdout).not.toContain('CREATE');
});

test('the SQL for tables of an earlier version is printed alone', async () => {
  const { stdout } = await run('--postgres', '--upgrade', '--name', 'router_eu');
  expect(stdout).toContain('CREATE TABLE IF NOT EXISTS "router_eu".packed_cells');
  expect(stdout).not.toContain('CREATE TABLE "router_eu".heads');
  expect(await run('--postgres', '--upgrade', '--restamp')).toMatchObject({ code: 1, stdout: '' });
});

describeOnPostgres('the printed SQL', () => {
  test('a router works under its own database user after an administrator has run the SQL', async () => {
    const name = newSchema();
    const owner = await askServer();
    await owner((await run('--postgres', '--name', name)).stdout);
    const url = new URL(await postgresUrl());
    url.username = `${name}_app`;
    const store = postgres(url.href, { schema: name, ...PATIENT });
    expect(await store.commitAll(changesOf(anIntent('a', 'support', Date.now())))).toEqual(
      Array.from({ length: 3 }, () => ({ kind: 'committed' })),
    );
    await store.close();
  });
});
