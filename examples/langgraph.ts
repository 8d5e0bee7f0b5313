/**
 * A graph of LangGraph: one run is one intent, whose id travels in the graph's state, so that every node's call counts for it. The
 * intent is resumed by its id where it is needed, as after a checkpoint, in another process too.
 *
 *     node examples/langgraph.ts
 *     OPENAI_API_KEY=… node examples/langgraph.ts
 */
import { Annotation, END, START, StateGraph } from '@langchain/langgraph';
import { ChatOpenAI } from '@langchain/openai';
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
  features: { 'report.write': { candidates: ['mini', 'premium'], failureCostUsd: 4 } },
});

/** The chat model of a run. It names a real model, because LangChain shapes its requests by the name. */
function modelOf(intentId: string): ChatOpenAI {
  const { fetch } = router.feature('report.write').resume(intentId);
  return new ChatOpenAI({
    model: 'gpt-5',
    maxRetries: 0,
    ...(fake === undefined ? {} : { apiKey: 'none' }),
    configuration: { fetch, ...(fake === undefined ? {} : { baseURL: fake.openaiBaseURL }) },
  });
}

const State = Annotation.Root({
  intentId: Annotation<string>,
  question: Annotation<string>,
  outline: Annotation<string>,
  report: Annotation<string>,
});

const graph = new StateGraph(State)
  .addNode('plan', async ({ intentId, question }) => ({
    outline: (await modelOf(intentId).invoke(`An outline: ${question}`)).text,
  }))
  .addNode('write', async ({ intentId, outline }) => ({
    report: (await modelOf(intentId).invoke(`Write it: ${outline}`)).text,
  }))
  .addEdge(START, 'plan')
  .addEdge('plan', 'write')
  .addEdge('write', END)
  .compile();

const intent = router.feature('report.write').intent({ session: 'thread-7' });
const { report } = await graph.invoke({ intentId: intent.id, question: 'Why did sales fall?' });
console.log(`report: ${report}`);
await intent.outcome({ success: !report.startsWith('[not solved]') });

const { intents, labelled, spendUsd } = await router.report();
console.log(`${intents} intents, ${labelled} outcomes, $${spendUsd}`);
if (fake !== undefined) console.log(`the provider's own bill: ${fake.bill().requests.length} calls`);
await router.close();
await fake?.close();
