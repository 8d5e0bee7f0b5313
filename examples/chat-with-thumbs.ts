/**
 * A chat page whose replies stream, with two thumbs under each: the user's click is the outcome.
 *
 *     node examples/chat-with-thumbs.ts                     open the address it prints
 *     node examples/chat-with-thumbs.ts --visit             no browser: a visitor asks once, clicks, and leaves
 *     OPENAI_API_KEY=… node examples/chat-with-thumbs.ts    calls the real API
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
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
  features: {
    chat: {
      candidates: ['mini', 'premium'],
      failureCostUsd: 15,
      signals: { thumbs: (up: boolean) => up },
      // Most users never click. If a user has not complained within half an hour, the reply counts as a success.
      silence: { after: '30m', means: 'success' },
    },
  },
});
const openai = router.wrap(new OpenAI(fake === undefined ? {} : { baseURL: fake.openaiBaseURL, apiKey: 'none' }));
const chat = router.feature('chat');

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  if (request.method === 'POST' && request.url === '/ask') {
    const intent = chat.intent();
    const stream = await openai.chat.completions.create({
      model: intent.model,
      messages: [{ role: 'user', content: await text(request) }],
      stream: true,
    });
    // The page keeps the id beside the reply, for the thumbs.
    response.writeHead(200, { 'content-type': 'text/plain; charset=utf-8', 'x-intent': intent.id });
    for await (const chunk of stream) response.write(chunk.choices[0]?.delta.content ?? '');
    response.end();
  } else if (request.method === 'POST' && request.url === '/thumbs') {
    const { intent, up } = JSON.parse(await text(request)) as { readonly intent: string; readonly up: boolean };
    const outcome = await chat.resume(intent).signal('thumbs', up);
    response.end(outcome.state);
  } else {
    response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' }).end(PAGE);
  }
}

const PAGE = `<!doctype html><meta name="viewport" content="width=device-width"><title>Chat</title>
<style>body { font: 16px system-ui; max-width: 40rem; margin: 2rem auto; padding: 0 1rem }</style>
<form><input name="question" placeholder="Ask something" aria-label="Question" autofocus> <button>Ask</button></form>
<main></main>
<script type="module">
  const form = document.querySelector('form');
  form.onsubmit = async event => {
    event.preventDefault();
    const reply = document.createElement('p');
    document.querySelector('main').prepend(reply);
    const response = await fetch('/ask', { method: 'POST', body: form.question.value });
    form.reset();
    for await (const piece of response.body.pipeThrough(new TextDecoderStream())) reply.append(piece);
    for (const [label, up] of [['👍', true], ['👎', false]]) {
      const button = document.createElement('button');
      button.textContent = label;
      button.onclick = async () => {
        const intent = response.headers.get('x-intent');
        const said = await fetch('/thumbs', { method: 'POST', body: JSON.stringify({ intent, up }) });
        button.title = await said.text();
      };
      reply.append(' ', button);
    }
  };
</script>`;

const server = createServer((request, response) => {
  answer(request, response).catch((error: Error) => response.destroy(error));
});
await new Promise<void>(resolve => server.listen(Number(process.env['PORT'] ?? 0), '127.0.0.1', resolve));
const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
console.log(`listening on ${address}`);

if (process.argv.includes('--visit')) {
  const reply = await fetch(`${address}/ask`, { method: 'POST', body: 'Where is my order?' });
  console.log(`reply: ${await reply.text()}`);
  const click = { intent: reply.headers.get('x-intent'), up: false };
  const said = await fetch(`${address}/thumbs`, { method: 'POST', body: JSON.stringify(click) });
  console.log(`after a thumb down: ${await said.text()}`);
  server.close();
  server.closeAllConnections();
  await router.close();
  await fake?.close();
}
