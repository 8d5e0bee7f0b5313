/**
 * Structured extraction with a verdict: a reply whose lines do not add up is rejected at once, and the router climbs to the
 * more expensive model inside the same call. It learns where starting cheap and climbing is the cheapest plan.
 *
 *     node examples/extract-invoice.ts
 *     OPENAI_API_KEY=… node examples/extract-invoice.ts
 */
import OpenAI from 'openai';
import { zodResponseFormat } from 'openai/helpers/zod';
import { createRouter } from 'outcome-router';
import { startFakeProvider } from 'outcome-router/testing';
import { z } from 'zod';

const Invoice = z.object({
  vendor: z.string(),
  lines: z.array(z.object({ text: z.string(), cents: z.int() })),
  totalCents: z.int(),
});
type Invoice = z.infer<typeof Invoice>;

const PAGE = 'ACME Ltd.  2 chairs 198.00, 1 table 349.50, delivery 25.00.  Total 572.50';

/** What a model of the fake provider reads on the page: now and then it misreads a digit. */
const read = ({ solved }: { readonly solved: boolean }): string =>
  JSON.stringify({
    vendor: 'ACME Ltd.',
    lines: [
      { text: '2 chairs', cents: 19_800 },
      { text: '1 table', cents: solved ? 34_950 : 84_950 },
      { text: 'delivery', cents: 2_500 },
    ],
    totalCents: 57_250,
  } satisfies Invoice);

const fake =
  process.env['OPENAI_API_KEY'] === undefined
    ? await startFakeProvider({
        models: {
          'gpt-5-mini': { price: { input: '0.25', output: '2' }, success: 0.6, text: read },
          'gpt-5': { price: { input: '1.25', output: '10' }, success: 0.8, text: read },
        },
      })
    : undefined;

const router = createRouter({
  models: {
    mini: { provider: 'openai', model: 'gpt-5-mini' },
    premium: { provider: 'openai', model: 'gpt-5' },
  },
  features: {
    'invoice.extract': {
      candidates: ['mini', 'premium'],
      failureCostUsd: 2.5,
      // The schema first (any Standard Schema will do), then a check that no schema can express.
      validate: [
        Invoice,
        ({ json }) => {
          const { lines, totalCents } = json as Invoice;
          const sum = lines.reduce((cents, line) => cents + line.cents, 0);
          return { accepted: sum === totalCents, reason: `lines add up to ${sum}, not ${totalCents}` };
        },
      ],
    },
  },
});
const openai = router.wrap(new OpenAI(fake === undefined ? {} : { baseURL: fake.openaiBaseURL, apiKey: 'none' }));
const extract = router.feature('invoice.extract');

let shown = 0;
for (let page = 1; page <= (fake === undefined ? 3 : 100); page++) {
  const intent = extract.intent();
  const reply = await openai.chat.completions.parse({
    model: intent.model,
    messages: [{ role: 'user', content: PAGE }],
    response_format: zodResponseFormat(Invoice, 'invoice'),
  });
  const { attempts = [] } = router.receipt(reply) ?? {};
  if (attempts.length > 1 && shown++ < 3) {
    for (const { model, verdict } of attempts) {
      console.log(`page ${page}: ${model} ${verdict?.accepted === true ? 'accepted' : `rejected: ${verdict?.reason}`}`);
    }
  }
  // A reply that passes every check counts as extracted; a person handles the others.
  await intent.outcome({ success: attempts.at(-1)?.verdict?.accepted === true });
}

for (const { plan, traffic, costPerIntentUsd } of (await router.report()).features[0]?.plans ?? []) {
  if (traffic === 0) continue;
  const { value, low, high } = costPerIntentUsd;
  const cost = [value, low, high].map(usd => `$${usd.toFixed(2)}`);
  console.log(`${plan}: ${(100 * traffic).toFixed(0)} % of the pages, ${cost[0]} each (${cost[1]} to ${cost[2]})`);
}

await router.close();
await fake?.close();
