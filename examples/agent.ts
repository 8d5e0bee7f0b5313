/**
 * An agent with tools: the whole loop is one intent, so that all its turns count as the cost of that intent, and the
 * outcome is the exit code of the tests. If a model needs too many turns, the router climbs to the next one.
 *
 *     node examples/agent.ts
 *     OPENAI_API_KEY=… node examples/agent.ts
 */
import OpenAI from 'openai';
import { createRouter } from 'outcome-router';
import { startFakeProvider } from 'outcome-router/testing';

const fake =
  process.env['OPENAI_API_KEY'] === undefined
    ? await startFakeProvider({
        models: {
          'gpt-5-mini': { price: { input: '0.25', output: '2' } },
          'gpt-5': { price: { input: '1.25', output: '10' } },
        },
      })
    : undefined;

const router = createRouter({
  models: {
    mini: { provider: 'openai', model: 'gpt-5-mini' },
    premium: { provider: 'openai', model: 'gpt-5' },
  },
  features: {
    'fix.test': {
      candidates: ['mini', 'premium'],
      failureCostUsd: 15,
      // After this many turns the next request goes to the plan's next model, if there is one.
      maxTurns: 4,
      signals: { exitCode: (code: number) => code === 0 },
    },
  },
});
const openai = router.wrap(new OpenAI(fake === undefined ? {} : { baseURL: fake.openaiBaseURL, apiKey: 'none' }));

let file = 'export const add = (a, b) => a - b;';

const tools = [
  {
    type: 'function',
    function: {
      name: 'write_file',
      description: 'Replaces the content of add.js',
      parameters: { type: 'object', properties: { content: { type: 'string' } }, required: ['content'] },
    },
  },
] as const satisfies readonly OpenAI.ChatCompletionTool[];

const intent = router.feature('fix.test').intent();
const messages: OpenAI.ChatCompletionMessageParam[] = [
  { role: 'user', content: `add(2, 2) must be 4. This is add.js: ${file}\nFix it with the tool, then say so.` },
];

for (let turn = 1; turn <= 8; turn++) {
  const reply = await openai.chat.completions.create({ model: intent.model, messages, tools: [...tools] });
  const message = reply.choices[0]?.message;
  if (message === undefined) break;
  messages.push(message);
  const calls = message.tool_calls ?? [];
  if (calls.length === 0) {
    console.log(`turn ${turn}: ${message.content}`);
    break;
  }
  for (const call of calls) {
    if (call.type !== 'function') continue;
    const { content } = JSON.parse(call.function.arguments) as { readonly content: string };
    // The fake provider calls the tool, but it cannot write code.
    file = fake === undefined ? content : 'export const add = (a, b) => a + b;';
    console.log(`turn ${turn}: ${call.function.name}`);
    messages.push({ role: 'tool', tool_call_id: call.id, content: 'written' });
  }
}

const { add } = (await import(`data:text/javascript,${encodeURIComponent(file)}`)) as {
  readonly add: (a: number, b: number) => number;
};
const outcome = await intent.signal('exitCode', add(2, 2) === 4 ? 0 : 1);
console.log(`outcome: ${outcome.state}`);

const [feature] = (await router.report()).features;
for (const { part, usd } of feature?.totalCost.lines ?? []) if (Number(usd) > 0) console.log(`${part}: $${usd}`);

await router.close();
await fake?.close();
