/** Calls over real HTTP on loopback, to a provider in a process of its own: what the caller's thread spends. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import OpenAI from 'openai';
import { sqlite } from '../../src/stores/sqlite.ts';
import type { OverheadRow } from '../results.ts';
import { compare } from './measure.ts';
import { create, routed } from './routers.ts';
import { serve } from './servers.ts';

export async function loopback(rounds: number): Promise<readonly OverheadRow[]> {
  const provider = await serve('provider');
  const folder = mkdtempSync(join(tmpdir(), 'overhead-'));
  const open = (): OpenAI => new OpenAI({ apiKey: 'none', baseURL: `${provider.url}/v1`, maxRetries: 0 });
  const inMemory = routed(open());
  const onSqlite = routed(open(), { store: sqlite(join(folder, 'ledger.db')) });
  const rows: OverheadRow[] = [];
  for (const concurrent of [1, 64, 512]) {
    const bars = concurrent === 64 ? ([{ maxRatio: 1.08 }, { maxRatio: 1.12 }] as const) : ([{}, {}] as const);
    const name = `plain call over loopback HTTP, ${concurrent} at once`;
    rows.push(
      ...(await compare({
        direct: create(open(), 'gpt-5-mini'),
        twin: create(open(), 'gpt-5-mini'),
        rounds,
        concurrent,
        contenders: [
          { name, call: create(inMemory.openai, 'feature:plain'), flush: inMemory.flush, bar: bars[0] },
          {
            name: `${name}, SQLite`,
            call: create(onSqlite.openai, 'feature:plain'),
            flush: onSqlite.flush,
            bar: bars[1],
          },
        ],
      })),
    );
  }
  provider.stop();
  rmSync(folder, { recursive: true });
  return rows;
}
