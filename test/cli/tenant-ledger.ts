/** Histories of two features, three tenants, several sessions, two prompt versions and two models, over four days. */
import { join } from 'node:path';
import { beforeAll } from 'vitest';
import { sqlite } from '../../src/stores/sqlite.ts';
import type { History } from '../stores/histories.ts';
import { attempted, commitAll, decided, evidence, history, HOUR } from '../stores/histories.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const TENANTS = ['acme', 'globex', 'initech'];

/** @param endMs when the last intent is decided; there is one an hour before */
export function tenantHistories(endMs: number, intents = 96): readonly History[] {
  return Array.from({ length: intents }, (_, i) => {
    const atMs = endMs - (intents - 1 - i) * HOUR;
    const climbs = i % 4 === 0;
    const answer = climbs ? 'premium' : 'mini';
    const records = [
      {
        ...decided(atMs, ['mini', 'premium'], `tenant=${TENANTS[i % 3]},length=short`),
        ...(i % 6 === 5 ? {} : { session: `user-${i % 6}` }),
        promptVersion: i < intents / 2 ? 'v1' : 'v2',
      },
      attempted(atMs + 1, { costNanoUsd: 1_000_000 + i }),
      ...(climbs
        ? [
            attempted(atMs + 2, {
              kind: 'escalation',
              model: 'premium',
              node: 'mini>premium',
              costNanoUsd: 9_000_000 + i,
            }),
          ]
        : []),
      ...(i % 7 === 0
        ? []
        : [evidence(atMs + 3, { source: 'explicit', success: answer === 'premium' || i % 2 === 0 })]),
    ];
    return history(`intent-${i}`, i % 5 === 0 ? 'search' : 'support', records);
  });
}

/** A folder of a test file with a ledger of these histories, of which the last intent was decided now. */
export function tenantLedger(): { readonly directory: string; readonly ledger: string } {
  const directory = temporaryFolder();
  const ledger = join(directory, 'router.db');
  beforeAll(async () => {
    const store = sqlite(ledger);
    await commitAll(store, tenantHistories(Date.now()));
    await store.close();
  });
  return { directory, ledger };
}
