/** What every application does: ten intents through the official client, their outcomes, a report. Any platform runs it. */

/** Nothing is opened or sent by this: an application calls it where its modules are loaded. */
export function routerOf(createRouter, store) {
  return createRouter({
    models: {
      mini: { provider: 'openai', model: 'gpt-5-mini' },
      premium: { provider: 'openai', model: 'gpt-5' },
    },
    features: { 'support.reply': { candidates: ['mini', 'premium'], failureCostUsd: 15 } },
    ...(store === undefined ? {} : { store }),
  });
}

/** So many intents, of which every third reply is a stream, each with its outcome. */
export async function handleIntents(router, OpenAI, baseURL, count) {
  const openai = router.wrap(new OpenAI({ baseURL, apiKey: 'none' }));
  for (let i = 0; i < count; i++) {
    const intent = router.feature('support.reply').intent();
    const messages = [{ role: 'user', content: `[feature:support.reply] Grüße, wo ist Paket ${i}?` }];
    const reply =
      i % 3 === 2 ? await streamed(openai, intent.model, messages) : await whole(openai, intent.model, messages);
    await (reply.startsWith('[solved]') ? intent.succeed() : intent.fail());
  }
  // On platforms where nothing runs after an answer, this is what records it.
  await router.flush();
}

async function whole(openai, model, messages) {
  const { choices } = await openai.chat.completions.create({ model, messages });
  return choices[0].message.content;
}

async function streamed(openai, model, messages) {
  let text = '';
  const stream = await openai.chat.completions.create({ model, messages, stream: true });
  for await (const { choices } of stream) text += choices[0]?.delta?.content ?? '';
  return text;
}

/** What the runner compares with the provider's bill. */
export async function resultOf(router, RouterError) {
  const { intents, labelled, spendUsd } = await router.report();
  const { plans } = await router.explain('support.reply');
  let isOneClass = false;
  try {
    router.feature('support.replies');
  } catch (error) {
    isOneClass = error instanceof RouterError;
  }
  return { intents, outcomes: labelled, spendNanoUsd: Math.round(spendUsd * 1e9), plans: plans.length, isOneClass };
}

/** All of it. */
export async function work({ createRouter, RouterError, OpenAI, baseURL, store }) {
  const router = routerOf(createRouter, store);
  await handleIntents(router, OpenAI, baseURL, 10);
  const result = await resultOf(router, RouterError);
  await router.close();
  return result;
}
