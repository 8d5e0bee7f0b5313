/**
 * Several processes on one SQLite file: two web processes call models, and this one records the outcomes later. All it
 * needs is the intent's id. Each web process learns from outcomes it never saw itself, and the costs add up exactly.
 *
 *     node examples/several-processes.ts
 *     OPENAI_API_KEY=… node examples/several-processes.ts
 */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import OpenAI from 'openai';
import { createRouter } from 'outcome-router';
import { sqlite } from 'outcome-router/stores/sqlite';
import { startFakeProvider } from 'outcome-router/testing';

/** Every process makes its router from the same configuration. */
const routerOn = (file: string) =>
  createRouter({
    models: {
      mini: { provider: 'openai', model: 'gpt-5-mini' },
      premium: { provider: 'openai', model: 'gpt-5' },
    },
    features: {
      'support.reply': { candidates: ['mini', 'premium'], failureCostUsd: 15 },
    },
    store: sqlite(file),
    // How soon a process sees the outcomes that other processes recorded.
    refresh: '100ms',
  });

/** A web process's message: an intent's id, and whether its reply will turn out to have helped. */
interface Answered {
  readonly intent: string;
  readonly solved: boolean;
}

const [file, baseURL, asks] = process.argv.slice(2);
if (file === undefined) await office();
else await web(file, Number(asks), baseURL === '' ? {} : { baseURL, apiKey: 'none' });

async function web(
  file: string,
  asks: number,
  options: { readonly baseURL?: string | undefined; readonly apiKey?: string },
) {
  const router = routerOn(file);
  const openai = router.wrap(new OpenAI(options));
  for (let i = 0; i < asks; i++) {
    const intent = router.feature('support.reply').intent();
    const reply = await openai.chat.completions.create({
      model: intent.model,
      messages: [{ role: 'user', content: 'Where is my order?' }],
    });
    const text = reply.choices[0]?.message.content ?? '';
    process.send?.({ intent: intent.id, solved: !text.startsWith('[not solved]') } satisfies Answered);
  }
  await router.close();
  process.disconnect();
}

async function office() {
  const isFake = process.env['OPENAI_API_KEY'] === undefined;
  const fake = await startFakeProvider({
    models: {
      'gpt-5-mini': { price: { input: '0.25', output: '2' }, success: 0.7 },
      'gpt-5': { price: { input: '1.25', output: '10' }, success: 0.95 },
    },
  });
  const folder = mkdtempSync(join(tmpdir(), 'several-processes-'));
  const file = join(folder, 'router.db');
  const router = routerOn(file);
  const recorded: Promise<unknown>[] = [];
  const webs = ['first', 'second'].map(() =>
    fork(import.meta.filename, [file, isFake ? fake.openaiBaseURL : '', isFake ? '60' : '3']).on(
      'message',
      ({ intent, solved }: Answered) =>
        recorded.push(router.feature('support.reply').outcome(intent, { success: solved })),
    ),
  );
  await Promise.all(webs.map(async web => once(web, 'close')));
  await Promise.all(recorded);

  const { intents, labelled, spendUsd } = await router.report();
  console.log(`${webs.length} web processes, ${intents} intents, ${labelled} outcomes, $${spendUsd}`);
  if (isFake) console.log(`the provider's own bill: ${fake.bill().totalNanoUsd} nano-dollars`);
  await router.close();
  await fake.close();
  rmSync(folder, { recursive: true });
}
