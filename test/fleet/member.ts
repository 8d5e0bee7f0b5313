/** One process of a fleet: calls the fake provider, records outcomes, and says what was acknowledged, until it is killed. */
import { writeSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import OpenAI from 'openai';
import { createRouter } from '../../src/create-router.ts';
import { postgres } from '../../src/stores/postgres.ts';

export interface MemberOptions {
  readonly url: string;
  readonly openaiBaseURL: string;
  readonly concurrency: number;
}

export const FEATURES = ['chat', 'search', 'summary'] as const;

/** `returned`: a reply reached the application. `succeeded`: its outcome was acknowledged. `faulted`: something went wrong. */
export type Said = 'returned' | 'succeeded' | 'faulted';

async function main({ url, openaiBaseURL, concurrency }: MemberOptions): Promise<void> {
  const feature = { candidates: ['mini', 'premium'], failureCostUsd: 1, signals: { solved: true } } as const;
  const router = createRouter({
    models: {
      mini: { provider: 'openai', model: 'gpt-5-mini' },
      premium: { provider: 'openai', model: 'gpt-5' },
    },
    features: { chat: feature, search: feature, summary: feature },
    store: postgres(url),
    observers: [{ name: 'trial', faulted: ({ where }) => say('faulted', where) }],
  });
  const openai = router.wrap(new OpenAI({ baseURL: openaiBaseURL, apiKey: 'none', logLevel: 'off' }));
  const ending = new AbortController();
  process.stdin.once('data', () => ending.abort());
  // Without the process that started it, no other process ends this one.
  process.stdin.once('end', () => process.exit());

  function say(what: Said, text: string): void {
    writeSync(1, `${what} ${text}\n`);
  }

  async function work(): Promise<void> {
    for (let turn = 0; !ending.signal.aborted; turn++) {
      const name = FEATURES[turn % FEATURES.length] ?? 'chat';
      const intent = router.feature(name).intent();
      await openai.chat.completions.create({ model: intent.model, messages: [{ role: 'user', content: 'Hello' }] });
      say('returned', intent.id);
      if (turn % 5 === 4) continue;
      // The outcome is given twice, as by a queue that delivers twice.
      const outcome = { success: turn % 7 !== 0, key: `outcome of ${intent.id}` };
      const acknowledged = await Promise.allSettled([
        router.feature(name).outcome(intent.id, outcome),
        router.feature(name).outcome(intent.id, outcome),
      ]);
      if (acknowledged.some(({ status }) => status === 'fulfilled')) say('succeeded', intent.id);
    }
  }

  await Promise.all(Array.from({ length: concurrency }, work));
  await router.close();
  process.stdin.destroy();
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await main(JSON.parse(process.argv[2] ?? '') as MemberOptions);
