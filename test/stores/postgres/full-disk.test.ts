/** A server whose disk is full: one clear error, calls go on, and nothing is lost when there is room again. */
import { chmodSync, chownSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { createRouterOn } from '../../../src/router.ts';
import { postgres } from '../../../src/stores/postgres.ts';
import { rebuildCells } from '../../../src/stores/rebuild.ts';
import { askServer, describeOnOwnPostgres, newSchema, PATIENT } from '../../support/postgres.ts';
import { startPostgres } from '../../support/postgres-server.ts';
import { unlimited } from '../../support/routed.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { smallFileSystem } from '../kill-trials.ts';

describeOnOwnPostgres('a server without room', () => {
  it('calls go on while the disk of the server is full, with one clear error, and all they recorded is there once it has room', async () => {
    const disk = smallFileSystem();
    if (disk === undefined) {
      console.warn('only root can mount a small file system: not tried');
      return;
    }
    const folder = temporaryFolder();
    const server = await startPostgres();
    try {
      chmodSync(disk.directory, 0o755);
      const tablespace = join(disk.directory, 'tablespace');
      mkdirSync(tablespace);
      if (process.getuid?.() === 0) chownSync(tablespace, 65_534, 65_534);
      const ask = await askServer(server.url);
      await ask(`CREATE TABLESPACE small LOCATION '${tablespace}'`);
      const schema = newSchema();
      // The tables as they are in use, then on a disk that is nearly full.
      const store = postgres(server.url, { schema, ...PATIENT });
      await store.features();
      const faults: string[] = [];
      const router = createRouterOn(unlimited(), {
        models: { mini: { provider: 'other', model: 'm', price: { inputUsdPerMillion: 1, outputUsdPerMillion: 1 } } },
        features: { f: { candidates: ['mini'], failureCostUsd: 1 } },
        store,
        spool: join(folder, 'spool.jsonl'),
        observers: [{ name: 'faults', faulted: ({ error }) => void faults.push(String(error)) }],
      });
      const call = async (): Promise<void> => {
        const intent = router.feature('f').intent();
        await router.run('f', async () => ({ value: '', usage: { input: 1, output: 1 } }), { intent });
        await intent.succeed();
      };
      await call();
      await router.flush();
      const tables = await ask(
        `SELECT tablename FROM pg_tables WHERE schemaname = '${schema}' AND tablename LIKE 'ledger_%'`,
      );
      disk.makeSpace();
      for (const [name] of tables) await ask(`ALTER TABLE "${schema}"."${name}" SET TABLESPACE small`);
      disk.fill();
      let calls = 1;
      for (; faults.length === 0 && calls < 5_000; calls++) await call();
      for (const end = calls + 20; calls < end; calls++) await call();
      expect(faults).toEqual([
        expect.stringMatching(/could not extend file .*No space left on device; the server’s disk is full: make room/),
      ]);
      disk.makeSpace();
      await router.flush();
      expect(await store.intents({ feature: 'f', limit: 10_000 })).toHaveLength(calls);
      expect((await rebuildCells(store, 'f')).corrected).toBe(0);
      await router.close();
    } finally {
      await server.remove();
      disk.remove();
    }
  });
});
