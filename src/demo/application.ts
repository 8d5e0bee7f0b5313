/** The application of the demo, as a user of the router writes one: five features, three APIs. */
import type Anthropic from '@anthropic-ai/sdk';
import type OpenAI from 'openai';
import { createRouterOn } from '../router.ts';
import type { Runtime } from '../runtime.ts';
import { systemRuntime } from '../runtime.ts';
import type { Store } from '../contracts/store.ts';
import { SOLVED } from '../testing/fake-model.ts';
import type { FakeProvider } from '../testing/fake-provider.ts';
import type { DemoClients } from './clients.ts';
import { taskTags } from './provider.ts';
import type { DemoFeatureName, DemoModelName } from './world.ts';
import { DEMO_FEATURES, DEMO_MODELS, demoFeature } from './world.ts';

const { mini, reasoning } = DEMO_MODELS;
const ratesOf = ({ inputUsd, outputUsd }: { readonly inputUsd: string; readonly outputUsd: string }) => ({
  inputUsdPerMillion: Number(inputUsd),
  outputUsdPerMillion: Number(outputUsd),
});

export interface DemoRouterOptions {
  readonly store: Store;
  readonly seed: string | number;
}

/** The router of the demo. Models in the price book have no price of their own here. */
export function demoRouter({ store, seed }: DemoRouterOptions) {
  return createRouterOn(atTheHour(seed), {
    models: {
      mini: { provider: 'openai', model: mini.model, price: ratesOf(mini) },
      reasoning: { provider: 'openai', model: reasoning.model, price: ratesOf(reasoning) },
      'gpt-4.1-nano': { provider: 'openai', model: 'gpt-4.1-nano' },
      'gpt-4.1-mini': { provider: 'openai', model: 'gpt-4.1-mini' },
      'gpt-4.1': { provider: 'openai', model: 'gpt-4.1' },
      'sonnet-4': { provider: 'anthropic', model: DEMO_MODELS['sonnet-4'].model },
      'opus-4': { provider: 'anthropic', model: DEMO_MODELS['opus-4'].model },
    },
    features: {
      'support.reply': {
        candidates: ['mini', 'reasoning'],
        failureCostUsd: DEMO_FEATURES['support.reply'].failureCostUsd,
        signals: { resolved: true, contactedSupport: false },
      },
      'invoice.extract': {
        candidates: ['mini', 'reasoning'],
        failureCostUsd: DEMO_FEATURES['invoice.extract'].failureCostUsd,
      },
      'code.edit': {
        candidates: ['sonnet-4', 'opus-4'],
        failureCostUsd: DEMO_FEATURES['code.edit'].failureCostUsd,
        // A real application would run the unit tests here.
        validate: ({ text }) => ({ accepted: text.startsWith(SOLVED), reason: 'the tests fail' }),
      },
      'math.tutor': {
        candidates: ['gpt-4.1-nano', 'gpt-4.1-mini', 'gpt-4.1'],
        failureCostUsd: DEMO_FEATURES['math.tutor'].failureCostUsd,
      },
      'docs.answer': {
        candidates: ['gpt-4.1-nano', 'gpt-4.1'],
        failureCostUsd: DEMO_FEATURES['docs.answer'].failureCostUsd,
      },
    },
    store,
    // No other process writes to this ledger, and re-reading it at varying times would make runs with the same seed differ.
    refresh: '1d',
  });
}

const HOUR_MS = 3_600_000;

/**
 * A runtime whose clock stays at the last full hour. Evidence loses weight with age, so otherwise the duration of a run and the
 * time of day would change its choices.
 */
function atTheHour(seed: string | number): Runtime {
  const runtime = systemRuntime(seed);
  const nowMs = Math.floor(runtime.nowMs() / HOUR_MS) * HOUR_MS;
  return { ...runtime, nowMs: () => nowMs };
}

export type DemoRouter = ReturnType<typeof demoRouter>;

/** One task that a user wants done. */
export interface DemoTask {
  readonly feature: DemoFeatureName;
  /** Unique in the run. */
  readonly id: string;
  /** A number in [0, 1). If a model's mean number of turns is fractional, it decides whether the user asks once more. */
  readonly luck: number;
}

/** Makes all requests of a task and resolves to whether the task was solved. `model` is the name from the intent's handle. */
export type Ask = (task: DemoTask, model: string) => Promise<boolean>;

/** The calls of the application, through routed clients. */
export function demoCalls(
  router: DemoRouter,
  { OpenAI, Anthropic }: DemoClients,
  provider: Pick<FakeProvider, 'openaiBaseURL' | 'anthropicBaseURL'>,
): Ask {
  const openai = router.wrap(new OpenAI({ baseURL: provider.openaiBaseURL, apiKey: 'none' }));
  const anthropic = router.wrap(new Anthropic({ baseURL: provider.anthropicBaseURL, apiKey: 'none' }));
  const calls: Readonly<Record<DemoFeatureName, Ask>> = {
    'support.reply': async (task, model) => askAllTurns(task, turn => streamReply(openai, { task, turn, model })),
    'invoice.extract': async (task, model) => askAllTurns(task, turn => extract(openai, { task, turn, model })),
    'code.edit': async (task, model) => edit(anthropic, task, model),
    'math.tutor': async (task, model) => answer(openai, task, model),
    'docs.answer': async (task, model) => answer(openai, task, model),
  };
  return async (task, model) => calls[task.feature](task, model);
}

interface Reply {
  /** The provider's name of the model that answered. */
  readonly model: string;
  readonly solved: boolean;
}

interface Turn {
  readonly task: DemoTask;
  readonly turn: number;
  readonly model: string;
}

/** Makes as many turns as a user needs with the model that answers. The last reply counts. */
async function askAllTurns(task: DemoTask, ask: (turn: number) => Promise<Reply>): Promise<boolean> {
  let reply = await ask(1);
  const turns = turnsOf(task, reply.model);
  for (let turn = 2; turn <= turns; turn++) reply = await ask(turn);
  return reply.solved;
}

function turnsOf({ feature, luck }: DemoTask, model: string): number {
  const name = (Object.keys(DEMO_MODELS) as DemoModelName[]).find(each => DEMO_MODELS[each].model === model);
  const { turns = 1 } = (name === undefined ? undefined : demoFeature(feature).models[name]) ?? {};
  return Math.floor(turns) + (luck < turns % 1 ? 1 : 0);
}

/** A truncated stream is requested again, as a user would do, up to this many times. */
const MAX_TRIES = 5;

async function streamReply(openai: OpenAI, { task, turn, model }: Turn): Promise<Reply> {
  const content = `${taskTags(task.feature, `${task.id}.${turn}`)} Where is my order?`;
  let reply: Reply = { model: '', solved: false };
  for (let tries = 1; tries <= MAX_TRIES; tries++) {
    const stream = await openai.chat.completions.create({ model, messages: [{ role: 'user', content }], stream: true });
    let text = '';
    let finished = false;
    for await (const chunk of stream) {
      text += chunk.choices[0]?.delta.content ?? '';
      finished ||= typeof chunk.choices[0]?.finish_reason === 'string';
      reply = { model: chunk.model, solved: text.startsWith(SOLVED) };
    }
    if (finished) break;
  }
  return reply;
}

const INVOICE = {
  type: 'object',
  properties: { vendor: { type: 'string' }, total: { type: 'number' } },
  required: ['vendor', 'total'],
  additionalProperties: false,
};

async function extract(openai: OpenAI, { task, turn, model }: Turn): Promise<Reply> {
  const response = await openai.responses.create({
    model,
    input: `${taskTags(task.feature, `${task.id}.${turn}`)} Vendor and total of this page, please.`,
    text: { format: { type: 'json_schema', name: 'invoice', schema: INVOICE, strict: true } },
  });
  const { vendor } = JSON.parse(response.output_text) as { readonly vendor: string };
  return { model: response.model, solved: vendor === SOLVED };
}

async function edit(anthropic: Anthropic, task: DemoTask, model: string): Promise<boolean> {
  const message = await anthropic.messages.create({
    model,
    max_tokens: 8_192,
    messages: [{ role: 'user', content: `${taskTags(task.feature, task.id)} Make the failing test pass.` }],
  });
  return message.content.some(part => part.type === 'text' && part.text.startsWith(SOLVED));
}

async function answer(openai: OpenAI, task: DemoTask, model: string): Promise<boolean> {
  const completion = await openai.chat.completions.create({
    model,
    messages: [{ role: 'user', content: `${taskTags(task.feature, task.id)} Can you help me with this one?` }],
  });
  return completion.choices[0]?.message.content?.startsWith(SOLVED) === true;
}
