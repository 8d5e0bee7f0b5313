/** One exchange of the fake provider: what is asked, what is answered, what goes wrong, and what it costs. */
import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import type { SeededRandom } from '../core/math/random.ts';
import type { Asked, ErrorKind, FakeApi, FakeApiName, FakeTokens, PlannedReply, RenderContext } from './fake-api.ts';
import type { BilledRequest } from './fake-bill.ts';
import { billLines } from './fake-bill.ts';
import type { FakeModel } from './fake-model.ts';
import { drawCount, planReply, taskOf } from './fake-model.ts';
import type { Remembered } from './fake-other-paths.ts';
import { otherPath } from './fake-other-paths.ts';
import type { Json } from './fake-request.ts';
import { jsonObject, textOr } from './fake-request.ts';
import type { FakeReply, Sent } from './fake-sending.ts';
import { retryAfterHeaders, sendReply } from './fake-sending.ts';
import type { Fault, FaultRequest } from './faults.ts';

/** A request as it came, and what became of it. */
export interface LoggedRequest {
  readonly index: number;
  readonly requestId: string;
  /** `undefined` for paths that are no model's. */
  readonly api: FakeApiName | undefined;
  readonly method: string;
  readonly path: string;
  readonly model: string;
  readonly stream: boolean;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  /** The body as it came, and as JSON. */
  readonly text: string;
  readonly body: Json;
  readonly fault: Fault | undefined;
  /** `undefined` while there is no answer. */
  readonly status: number | undefined;
  readonly solved: boolean | undefined;
}

export interface ExchangeOptions {
  readonly models: ReadonlyMap<string, FakeModel>;
  readonly apis: readonly FakeApi[];
  readonly random: SeededRandom;
  readonly billsUnreported: 'by-characters' | 'actual' | 'nothing';
  readonly nextIndex: () => number;
  readonly faultFor: (request: FaultRequest) => Fault | undefined;
  readonly charge: (request: BilledRequest) => void;
  readonly logged: (request: LoggedRequest) => void;
}

/** The log's entry while the exchange is under way. */
type Entry = { -readonly [Key in keyof LoggedRequest]: LoggedRequest[Key] };

/** A request to a model. */
interface Call {
  readonly api: FakeApi;
  readonly entry: Entry;
  readonly response: ServerResponse;
  readonly headers: Readonly<Record<string, string>>;
}

export function fakeExchange(options: ExchangeOptions): (i: IncomingMessage, o: ServerResponse) => Promise<void> {
  const { apis, models } = options;
  const remembered = new Map<string, Remembered>();
  const turns = new Map<string, number>();

  async function answer(call: Call, model: FakeModel, asked: Asked): Promise<void> {
    const { api, entry, response } = call;
    // By task where one is named, so that a task's fate does not hang on the order of the others.
    const turn = (turns.get(entry.model) ?? 0) + 1;
    turns.set(entry.model, turn);
    const random = options.random.fork(`${entry.model}/${taskOf(asked).task ?? `turn ${turn}`}`);
    const plan = planReply({ model, asked, requestChars: entry.text.length, lacks: api.lacks, random });
    const reply = render(api, plan, contextOf(asked, entry));
    entry.solved = plan.solved;
    const slowMs = entry.fault?.kind === 'slow' ? (entry.fault.delayMs ?? 0) : 0;
    await pause(drawCount(model.latencyMs ?? 0, random.fork('latency')) + slowMs, response);
    // Nobody is there to be billed.
    if (response.closed) return;
    entry.status = 200;
    if (api.name === 'openai-responses' && entry.body.store !== false) {
      const kept = 'json' in reply ? reply.json : lastResponse(reply.events.at(-1)?.text ?? '');
      const chars = asked.rememberedChars + entry.text.length + plan.text.length;
      remembered.set(textOr(kept.id, ''), { chars, response: kept });
    }
    const outcome = plan.solved === undefined ? 'none' : plan.solved ? 'solved' : 'not-solved';
    await sendReply(response, reply, {
      fault: entry.fault,
      headers: { ...call.headers, 'x-fake-outcome': outcome },
      charge: sent => charge({ entry, model, asked, tokens: plan.tokens, sent }),
    });
  }

  function charge({ entry, model, asked, tokens, sent }: Charge): void {
    const reported = sent.reports === 'usage';
    const charged = reported ? tokens : unreported(sent, { entry, tokens, rule: options.billsUnreported });
    if (charged === undefined) return;
    const tierPrice = asked.tier === 'standard' ? undefined : model.tierPrices?.[asked.tier];
    const lines = billLines(charged, tierPrice ?? model.price);
    const costNanoUsd = lines.reduce((sum, line) => sum + line.costNanoUsd, 0n);
    const tier = tierPrice === undefined ? 'standard' : asked.tier;
    options.charge({ requestId: entry.requestId, model: entry.model, tier, lines, costNanoUsd, reported });
  }

  /** What stands in the way of an answer, if anything does. */
  function objection({ api, entry }: Call): ErrorKind | readonly [FakeModel, Asked] {
    const { body, fault } = entry;
    const model = models.get(entry.model);
    if (model === undefined || fault?.kind === 'unknown-model') return { kind: 'unknown-model', model: entry.model };
    if (fault !== undefined && 'parameter' in fault && fault.parameter in body) {
      return { ...fault, value: body[fault.parameter] };
    }
    const unsupported = model.unsupported?.find(parameter => parameter in body);
    if (unsupported !== undefined) return { kind: 'unsupported-parameter', parameter: unsupported };
    const asked = api.read(body, id => remembered.get(id)?.chars);
    if ('kind' in asked) return asked;
    if (asked.signedBy.some(name => name !== entry.model)) return { kind: 'foreign-thinking' };
    const tier = asked.tier !== 'standard' && model.tierPrices?.[asked.tier] === undefined ? 'standard' : asked.tier;
    return [model, { ...asked, tier }];
  }

  return async (request, response) => {
    const index = options.nextIndex();
    const text = await bodyText(request);
    if (text === undefined) return;
    const parsed = jsonObject(text);
    const path = (request.url ?? '').replace(/\?.*$/, '');
    const api = request.method === 'POST' ? apis.find(({ path: own }) => own === path) : undefined;
    const entry = entryOf({ request, index, path, text, body: parsed ?? {}, api: api?.name });
    options.logged(entry);
    if (api === undefined) {
      const [status, body] = otherPath({ path, text, model: entry.model, models, remembered });
      entry.status = status;
      return answerJson(response, { status, body, headers: { 'x-request-id': entry.requestId } });
    }
    const call: Call = { api, entry, response, headers: { [api.requestIdHeader]: entry.requestId } };
    if (parsed === undefined) return refuse(call, { kind: 'invalid-json' });
    const { model, stream } = entry;
    entry.fault = options.faultFor({ index, api: api.name, model, stream, text });
    if (await failed(call, request)) return;
    const found = objection(call);
    return 'kind' in found ? refuse(call, found) : answer(call, ...found);
  };
}

interface Charge {
  readonly entry: Entry;
  readonly model: FakeModel;
  readonly asked: Asked;
  readonly tokens: FakeTokens;
  readonly sent: Sent;
}

/** Tokens charged for a reply whose usage the client could not read. */
function unreported(
  { reports, chars, ofChars }: Sent,
  { entry, tokens, rule }: { readonly entry: Entry; readonly tokens: FakeTokens; readonly rule: string },
): Partial<FakeTokens> | undefined {
  if (rule === 'nothing') return undefined;
  const isActual = rule === 'actual';
  const { output, outputAudio: _audio, webSearch: _search, reasoning: _reasoning, ...input } = tokens;
  const known = isActual || reports === 'input' ? input : { input: (entry.text.length + 3) >> 2 };
  return { ...known, output: isActual ? Math.round((output * chars) / Math.max(1, ofChars)) : (chars + 3) >> 2 };
}

function render(api: FakeApi, plan: PlannedReply, context: RenderContext): FakeReply {
  return context.asked.stream ? { events: api.events(plan, context) } : { json: api.json(plan, context) };
}

function contextOf(asked: Asked, { body, index }: Entry): RenderContext {
  let next = 0;
  return {
    asked,
    body,
    id: prefix => `${prefix}_${index.toString(36).padStart(6, '0')}${(next++).toString(36).padStart(2, '0')}`,
    createdAtS: 1_767_225_600 + index,
  };
}

interface Arrived extends Pick<LoggedRequest, 'index' | 'path' | 'text' | 'body' | 'api'> {
  readonly request: IncomingMessage;
}

function entryOf({ request, index, path, text, body, api }: Arrived): Entry {
  const requestId = `req_${index.toString(36).padStart(8, '0')}`;
  const { method = '', headers } = request;
  const nothingYet = { fault: undefined, status: undefined, solved: undefined };
  const model = textOr(body.model, '');
  return {
    index,
    requestId,
    api,
    method,
    path,
    model,
    stream: body.stream === true,
    headers,
    text,
    body,
    ...nothingYet,
  };
}

/** Faults that leave no room for an answer of the API's own; true: it was one, and it is over. */
async function failed({ api, entry, response, headers }: Call, request: IncomingMessage): Promise<boolean> {
  const { fault } = entry;
  if (fault?.kind === 'status') {
    await refuse({ api, entry, response, headers: { ...headers, ...retryAfterHeaders(fault.retryAfter) } }, fault);
  } else if (fault?.kind === 'html') {
    entry.status = fault.status;
    response.writeHead(fault.status, { 'content-type': 'text/html' }).end('<html><h1>Bad gateway</h1></html>');
    await closed(response);
  } else if (fault?.kind === 'reset') {
    request.socket.resetAndDestroy();
  } else if (fault?.kind === 'silent') {
    await closed(response);
  } else {
    return false;
  }
  return true;
}

async function refuse({ api, entry, response, headers }: Call, error: ErrorKind): Promise<void> {
  const { status, body } = api.error(error, entry.requestId);
  entry.status = status;
  await answerJson(response, { status, body, headers });
}

/** `undefined` when the client left before it had said everything. */
async function bodyText(request: IncomingMessage): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  try {
    for await (const chunk of request) chunks.push(chunk as Buffer);
  } catch {
    return undefined;
  }
  return Buffer.concat(chunks).toString('utf8');
}

function lastResponse(event: string): Json {
  return (jsonObject(event.slice(event.indexOf('data: ') + 6))?.response ?? {}) as Json;
}

/** Waits, but no longer than there is somebody to answer. */
async function pause(ms: number, response: ServerResponse): Promise<void> {
  if (ms > 0) await Promise.race([delay(ms), closed(response)]);
}

async function closed(response: ServerResponse): Promise<void> {
  if (!response.closed) await once(response, 'close');
}

interface JsonAnswer {
  readonly status: number;
  readonly body: unknown;
  readonly headers: Readonly<Record<string, string>>;
}

async function answerJson(response: ServerResponse, { status, body, headers }: JsonAnswer): Promise<void> {
  response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));
  await closed(response);
}
