/**
 * Replay of yesterday's ledger, as a nightly job would do it: the estimated cost of always-mini and always-premium on
 * the logged intents, from their exact propensities, with intervals; or the reason why the ledger allows no estimate.
 *
 *     node examples/replay-yesterday.ts               makes a ledger with a fake provider, then replays it
 *     node examples/replay-yesterday.ts router.db     replays the last day of your own
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import OpenAI from 'openai';
import { createRouter, thompson } from 'outcome-router';
import { sqlite } from 'outcome-router/stores/sqlite';
import { startFakeProvider } from 'outcome-router/testing';

const own = process.argv[2];
const file = own ?? (await yesterday());

// npx outcome-router replay router.db --policy always:mini always:premium --from … --json
const command = fileURLToPath(import.meta.resolve('outcome-router/package.json')).replace(
  'package.json',
  'dist/cli/main.js',
);
const from = new Date(Date.now() - 86_400_000).toISOString();
const policies = ['--policy', 'always:mini', 'always:premium'];
const printed = execFileSync(process.execPath, [command, 'replay', file, ...policies, '--from', from, '--json'], {
  encoding: 'utf8',
  stdio: ['ignore', 'pipe', 'ignore'],
});
const { replays } = JSON.parse(printed) as { readonly replays: readonly Replay[] };
for (const { policy, features } of replays) {
  for (const [feature, { estimate }] of Object.entries(features)) {
    if (estimate.kind === 'refused') {
      console.log(`${feature}, ${policy}: no estimate: ${estimate.reason}`);
      continue;
    }
    const { value, low, high } = estimate.costPerIntentUsd;
    const [cost, least, most, logged] = [value, low, high, estimate.loggedCostPerIntentUsd].map(usd => usd.toFixed(2));
    console.log(`${feature}, ${policy}: $${cost} an intent ($${least} to $${most}), against $${logged} as it was`);
  }
}
if (own === undefined) rmSync(dirname(file), { recursive: true });

/** The fields of the command's JSON that this example uses. */
interface Replay {
  readonly policy: string;
  readonly features: Readonly<Record<string, { readonly estimate: Estimate }>>;
}
type Estimate =
  | { readonly kind: 'refused'; readonly reason: string }
  | {
      readonly kind: 'estimate';
      readonly costPerIntentUsd: { readonly value: number; readonly low: number; readonly high: number };
      readonly loggedCostPerIntentUsd: number;
    };

/** A day of an application whose ledger can be replayed: its policy keeps giving every plan some traffic. */
async function yesterday(): Promise<string> {
  const fake = await startFakeProvider({
    models: {
      'gpt-5-mini': { price: { input: '0.25', output: '2' }, success: 0.7 },
      'gpt-5': { price: { input: '1.25', output: '10' }, success: 0.95 },
    },
  });
  const file = join(mkdtempSync(join(tmpdir(), 'replay-')), 'router.db');
  const router = createRouter({
    models: {
      mini: { provider: 'openai', model: 'gpt-5-mini' },
      premium: { provider: 'openai', model: 'gpt-5' },
    },
    features: {
      'support.reply': { candidates: ['mini', 'premium'], failureCostUsd: 15 },
    },
    policy: thompson({ floor: 'evaluation' }),
    store: sqlite(file),
  });
  const openai = router.wrap(new OpenAI({ baseURL: fake.openaiBaseURL, apiKey: 'none' }));
  for (let i = 0; i < 600; i++) {
    const intent = router.feature('support.reply').intent();
    const reply = await openai.chat.completions.create({
      model: intent.model,
      messages: [{ role: 'user', content: 'Where is my order?' }],
    });
    await intent.outcome({ success: reply.choices[0]?.message.content?.startsWith('[solved]') === true });
  }
  await router.close();
  await fake.close();
  return file;
}
