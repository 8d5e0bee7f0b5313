/**
 * A worker that takes jobs from a queue. The job's id is the intent's, so that a job which is delivered again is the same intent: its
 * cost adds up, and its outcome counts once. On SIGTERM it finishes the job in hand, then closes the router.
 *
 *     node examples/queue-worker.ts
 *     OPENAI_API_KEY=… node examples/queue-worker.ts
 */
import OpenAI from 'openai';
import { createRouter } from 'outcome-router';
import { startFakeProvider } from 'outcome-router/testing';

const fake =
  process.env['OPENAI_API_KEY'] === undefined
    ? await startFakeProvider({
        models: {
          'gpt-5-mini': { price: { input: '0.25', output: '2' }, success: 0.7 },
          'gpt-5': { price: { input: '1.25', output: '10' }, success: 0.95 },
        },
      })
    : undefined;

const router = createRouter({
  models: {
    mini: { provider: 'openai', model: 'gpt-5-mini' },
    premium: { provider: 'openai', model: 'gpt-5' },
  },
  features: { 'mail.summary': { candidates: ['mini', 'premium'], failureCostUsd: 0.5 } },
});
const openai = router.wrap(new OpenAI(fake === undefined ? {} : { baseURL: fake.openaiBaseURL, apiKey: 'none' }));

interface Job {
  readonly id: string;
  readonly mail: string;
}

// In place of BullMQ, SQS or a table: a job that failed, or whose worker was stopped, is delivered again.
const queue: Job[] = ['one', 'two', 'three'].map((mail, index) => ({ id: `mail-${index}`, mail }));
let breaks = 1;

async function work({ id, mail }: Job): Promise<void> {
  const intent = router.feature('mail.summary').intent({ id });
  const reply = await openai.chat.completions.create({
    model: intent.model,
    messages: [{ role: 'user', content: `Summarise: ${mail}` }],
  });
  const text = reply.choices[0]?.message.content ?? '';
  // The step after the call may fail, and then the whole job runs again.
  if (breaks-- > 0) throw new Error('the database is down');
  await intent.outcome({ success: !text.startsWith('[not solved]'), key: id });
  console.log(`done: ${id}`);
}

const stopping = new AbortController();
process.once('SIGTERM', () => stopping.abort());

while (!stopping.signal.aborted) {
  const job = queue.shift();
  if (job === undefined) break;
  try {
    await work(job);
  } catch (error) {
    console.log(`again: ${job.id}, ${(error as Error).message}`);
    queue.push(job);
  }
}

const { intents, labelled, spendUsd } = await router.report();
console.log(`${intents} intents, ${labelled} outcomes, $${spendUsd}`);
if (fake !== undefined) console.log(`the provider's own bill: ${fake.bill().requests.length} calls`);
await router.close(); // waits for what is in flight, then writes what is not stored yet
await fake?.close();
