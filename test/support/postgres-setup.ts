/** One PostgreSQL for all tests of a run: started when the first test asks for it, and removed after the last. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Client } from 'pg';
import type { TestProject } from 'vitest/node';
import type { PostgresServer } from './postgres-server.ts';
import { hasPostgres, startPostgres } from './postgres-server.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** A URL that answers with the URL of a database, and at `/log` with the log of its server; '' if there is no server. */
    readonly postgresAt: string;
  }
}

export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const named = process.env['OUTCOME_ROUTER_TEST_POSTGRES'];
  if (named === undefined && !hasPostgres) {
    project.provide('postgresAt', '');
    return async () => {};
  }
  let started: Promise<PostgresServer> | undefined;
  const database = `outcome_router_test_${process.pid}`;
  let made: Promise<string> | undefined;
  const make = async (): Promise<string> => {
    started = named === undefined ? startPostgres({ inMemory: true }) : undefined;
    const url = new URL(named ?? (await (started as Promise<PostgresServer>)).url);
    await ask(url.href, `CREATE DATABASE ${database}`);
    url.pathname = database;
    return url.href;
  };
  const server = createServer((request, response) => {
    made ??= make();
    const told = async (): Promise<string> => (await started)?.log() ?? '';
    made.then(
      async url => response.end(request.url === '/log' ? await told() : url),
      (error: unknown) => response.writeHead(500).end(String(error)),
    );
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  project.provide('postgresAt', `http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  return async () => {
    server.close();
    await made?.catch(() => {});
    if (named !== undefined && made !== undefined) await ask(named, `DROP DATABASE ${database} WITH (FORCE)`);
    await (await started)?.remove();
  };
}

async function ask(url: string, statement: string): Promise<void> {
  const client = new Client({ connectionString: url });
  await client.connect();
  await client.query(statement);
  await client.end();
}
